import { join } from 'node:path';
import type { Backend } from './backends.ts';
import { freePorts } from './free-ports.ts';
import { Child } from './processes.ts';
import { root } from './programs.ts';
import { type Sample, scrape } from './prometheus-text.ts';
import { type SeenSpan, spansIn } from './seen-span.ts';
import { until } from './until.ts';

export interface AgentOptions {
  /** Processes that listen on these ports are instrumented. */
  readonly ports: readonly number[];
  readonly backend?: Backend;
  readonly env?: Readonly<Record<string, string>>;
  readonly cpus?: string;
  /** What the trace printer writes; `disabled` where spans would only cost time. */
  readonly printer?: 'json' | 'disabled';
}

/** A running `bin/beyla` and what it has said. */
export class Agent {
  /** Spans in the order in which they were printed. */
  readonly spans: SeenSpan[] = [];
  /** From exec to the line that says that the first request would be seen. */
  readyMs = 0;
  readonly metricsUrl: string;
  readonly internalUrl: string;
  readonly #child: Child;
  readonly #instrumented = new Set<number>();
  readonly #log: string[] = [];
  #ready = false;

  private constructor(options: AgentOptions, metricsPort: number, internalPort: number) {
    this.metricsUrl = `http://127.0.0.1:${metricsPort}/metrics`;
    this.internalUrl = `http://127.0.0.1:${internalPort}/internal/metrics`;
    this.#child = new Child(join(root, 'bin/beyla'), [], {
      name: 'the agent',
      cwd: root,
      ...(options.cpus !== undefined && { cpus: options.cpus }),
      env: {
        BEYLA_OPEN_PORT: options.ports.join(','),
        BEYLA_TRACE_PRINTER: options.printer ?? 'json',
        BEYLA_PROMETHEUS_PORT: String(metricsPort),
        BEYLA_INTERNAL_METRICS_PROMETHEUS_PORT: String(internalPort),
        ...(options.backend !== undefined && { BEYLA_BPF_CAPTURE_BACKEND: options.backend }),
        ...options.env,
      },
      onLine: (line) => this.#read(line),
    });
  }

  /** Resolves when the agent would see the first request. */
  static async start(options: AgentOptions): Promise<Agent> {
    const [metricsPort = 0, internalPort = 0] = await freePorts(2);
    const begin = performance.now();
    const agent = new Agent(options, metricsPort, internalPort);
    await agent.#until(() => agent.#ready, 'to be ready');
    agent.readyMs = performance.now() - begin;
    return agent;
  }

  get pid(): number {
    return this.#child.pid;
  }

  /** What it logged, for error messages and for tests of the log. */
  get log(): readonly string[] {
    return this.#log;
  }

  /** Waits until each of these processes is instrumented. */
  async instruments(...pids: readonly number[]): Promise<void> {
    await this.#until(() => pids.every((pid) => this.#instrumented.has(pid)), `to instrument ${pids.join(', ')}`);
  }

  isInstrumenting(pid: number): boolean {
    return this.#instrumented.has(pid);
  }

  /** Waits for that many spans and returns all that came. */
  async spansWhere(wanted: (span: SeenSpan) => boolean, count: number, withinMs = 10_000): Promise<SeenSpan[]> {
    const matching = () => this.spans.filter(wanted);
    await this.#until(
      () => matching().length >= count,
      () => `to print ${count} spans, not ${matching().length}`,
      withinMs,
    );
    return matching();
  }

  async metrics(): Promise<Sample[]> {
    return scrape(this.metricsUrl);
  }

  async internalMetrics(): Promise<Sample[]> {
    return scrape(this.internalUrl);
  }

  kill(): void {
    this.#child.signal('SIGKILL');
  }

  async ended(): Promise<number | string> {
    return this.#child.end();
  }

  /** Ends it as a service manager would; anything but a clean exit is an error. */
  async stop(): Promise<void> {
    const exit = await this.#child.stop();
    if (exit !== 0) throw new Error(`the agent ended with ${exit}:\n${this.#tail()}`);
  }

  #read(line: string): void {
    const spans = spansIn(line);
    if (spans.length > 0) {
      this.spans.push(...spans);
      return;
    }
    this.#log.push(line);
    if (/msg="?ready"?( |$)/.test(line)) this.#ready = true;
    const pid = /msg="instrumenting process".* pid=(\d+)/.exec(line)?.[1];
    if (pid !== undefined) this.#instrumented.add(Number(pid));
  }

  async #until(condition: () => boolean, what: string | (() => string), withinMs = 10_000): Promise<void> {
    const because = () => `the agent ${typeof what === 'string' ? what : what()}; its log:\n${this.#tail()}`;
    const end = await until(() => condition() || (this.#child.exit === undefined ? undefined : 'gone'), {
      withinMs,
      what: because,
    });
    if (end === 'gone') throw new Error(`the agent ended (${this.#child.exit}) before ${because()}`);
  }

  #tail(): string {
    return [...this.#log.slice(-30), this.#child.tail()].join('\n');
  }
}
