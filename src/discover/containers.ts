import { Lru } from '../lib/lru.ts';
import { log } from '../telemetry/log.ts';

/** What a container engine knows of a container. */
export interface Container {
  readonly name: string;
  readonly image: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** A program that runs containers. */
export interface Engine {
  readonly name: string;
  /** What runs now, by id. */
  list(): Promise<ReadonlyMap<string, Container>>;
  /** Undefined when it is another engine's, or gone. */
  inspect(id: string): Promise<Container | undefined>;
}

/** No answer may hold up the agent, nor fill its memory. */
export const engineTimeoutMs = 2000;
export const maxAnswerBytes = 16 << 20;

const maxContainers = 2048;

/** Answers from memory; what is not there yet is fetched in the background, from every engine that there is. */
export class Containers {
  readonly #engines: readonly Engine[];
  readonly #known = new Lru<string, Container | 'unknown' | 'asked'>(maxContainers);
  readonly #complained = new Set<Engine>();
  #onKnown: (id: string) => void = () => {};

  constructor(engines: readonly Engine[]) {
    this.#engines = engines;
  }

  /** Fetches what is running; `onKnown` is called with the id of each container when it becomes known. */
  async start(onKnown: (id: string) => void): Promise<void> {
    this.#onKnown = onKnown;
    await Promise.all(this.#engines.map((engine) => this.#list(engine)));
  }

  /** Undefined while it is not known, or for good when no engine knows it. */
  of(id: string): Container | undefined {
    if (id === '') return undefined;
    const known = this.#known.get(id);
    if (known === undefined) void this.#inspect(id);
    return typeof known === 'object' ? known : undefined;
  }

  async #list(engine: Engine): Promise<void> {
    try {
      for (const [id, container] of await engine.list()) this.#learn(id, container);
    } catch (error) {
      this.#complain(engine, error);
    }
  }

  async #inspect(id: string): Promise<void> {
    this.#known.set(id, 'asked');
    for (const engine of this.#engines) {
      try {
        const container = await engine.inspect(id);
        if (container !== undefined) {
          this.#learn(id, container);
          return;
        }
      } catch (error) {
        this.#complain(engine, error);
      }
    }
    // Asking again would not help. It may have been listed meanwhile.
    if (this.#known.get(id) === 'asked') this.#known.set(id, 'unknown');
    log.debug('no engine knows a container', { container: id });
  }

  #learn(id: string, container: Container): void {
    this.#known.set(id, container);
    this.#onKnown(id);
  }

  /** An engine that is not there is no cause for complaint. */
  #complain(engine: Engine, error: unknown): void {
    const isAbsent = ['ENOENT', 'ECONNREFUSED'].includes((error as NodeJS.ErrnoException).code ?? '');
    if (isAbsent || this.#complained.has(engine)) return;
    this.#complained.add(engine);
    log.warn('no names of containers from an engine that does not answer', {
      engine: engine.name,
      error: String(error),
    });
  }
}
