import { patience } from './patience.ts';
import { Child } from './processes.ts';
import { loadGenerator } from './programs.ts';

export interface LoadOptions {
  readonly port: number;
  readonly requests: number;
  readonly connections: number;
  readonly fresh?: boolean;
  readonly tls?: boolean;
  readonly rate?: number;
  readonly path?: string;
  readonly method?: string;
  readonly bodyBytes?: number;
  /** Kept open, so that an agent can select the load generator by it. */
  readonly ownPort?: number;
  readonly cpus?: string;
  /** It gives up after this time; what it could not send counts neither as request nor as error. */
  readonly limitS?: number;
}

export interface LoadResult {
  readonly count: number;
  readonly ok: number;
  readonly errors: number;
  readonly lastError?: string;
  readonly statuses: Readonly<Record<string, number>>;
  readonly seconds: number;
  readonly p50Us: number;
  readonly p99Us: number;
  /** CPU time of the load generator itself. */
  readonly cpuUs: number;
}

/** A load generator that is ready and waits for `run`. */
export class Load {
  readonly #child: Child;
  readonly #limitS: number;

  private constructor(options: LoadOptions) {
    this.#limitS = (options.limitS ?? 60) * patience;
    const args = {
      address: `127.0.0.1:${options.port}`,
      n: options.requests,
      c: options.connections,
      new: options.fresh ?? false,
      tls: options.tls ?? false,
      rate: options.rate ?? 0,
      path: options.path ?? '/load',
      method: options.method ?? 'GET',
      body: options.bodyBytes ?? 0,
      listen: options.ownPort ?? 0,
      limit: `${this.#limitS}s`,
      wait: true,
    };
    this.#child = new Child(
      loadGenerator(),
      Object.entries(args).map(([flag, value]) => `-${flag}=${value}`),
      { name: 'load', ...(options.cpus !== undefined && { cpus: options.cpus }) },
    );
  }

  static async prepare(options: LoadOptions): Promise<Load> {
    const load = new Load(options);
    await load.#child.line(/"waiting"/);
    return load;
  }

  get pid(): number {
    return this.#child.pid;
  }

  /** Sends the requests and waits for their end. */
  async run(): Promise<LoadResult> {
    this.#child.write('go');
    const line = await this.#child.line(/"count"/, (this.#limitS + 10) * 1000);
    await this.#child.end();
    return JSON.parse(line) as LoadResult;
  }

  async stop(): Promise<void> {
    await this.#child.stop();
  }
}

/** Prepares and runs in one. */
export async function load(options: LoadOptions): Promise<LoadResult> {
  return (await Load.prepare(options)).run();
}
