import { existsSync } from 'node:fs';
import { type RequestOptions, get as requestHttp } from 'node:http';
import { Lru } from '../lib/lru.ts';
import { log } from '../telemetry/log.ts';

/** What a container engine knows of a container. */
export interface Container {
  readonly name: string;
  readonly image: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** Answers from memory; what is not there yet is fetched in the background. */
export interface Containers {
  /** Fetches what is running; `onKnown` is called with the id of each container when it becomes known. */
  start(onKnown: (id: string) => void): Promise<void>;
  /** Undefined while it is not known, or for good when it belongs to another engine. */
  of(id: string): Container | undefined;
}

export const defaultDockerSocket = '/var/run/docker.sock';

/** Whether there is an engine to ask, as far as can be told without asking. */
export function hasEngine(host: string): boolean {
  return host !== '' || existsSync(defaultDockerSocket);
}

const timeoutMs = 2000;
const maxAnswerBytes = 16 << 20;
const maxContainers = 2048;

/**
 * Docker's interface (https://docs.docker.com/reference/api/engine/), also spoken by Podman, of which only two questions
 * are used. `host` is the value of DOCKER_HOST; `unix://` and `tcp://` without TLS are understood.
 */
export class DockerContainers implements Containers {
  readonly #endpoint: RequestOptions | undefined;
  readonly #known = new Lru<string, Container | 'unknown' | 'asked'>(maxContainers);
  #onKnown: (id: string) => void = () => {};
  #isReachable = false;

  constructor(host: string) {
    this.#endpoint = endpointOf(host === '' ? `unix://${defaultDockerSocket}` : host);
    if (this.#endpoint === undefined) log.warn('this form of DOCKER_HOST is not supported', { host });
  }

  /** Without an answer here nothing is asked later: then there is no engine, or we may not speak to it. */
  async start(onKnown: (id: string) => void): Promise<void> {
    this.#onKnown = onKnown;
    try {
      const running = (await this.#ask('/containers/json')) as Listed[];
      this.#isReachable = true;
      for (const one of running) {
        this.#known.set(one.Id, containerOf(one.Names[0], one.Image, one.Labels));
        onKnown(one.Id);
      }
    } catch (error) {
      const isAbsent = ['ENOENT', 'ECONNREFUSED'].includes((error as NodeJS.ErrnoException).code ?? '');
      if (!isAbsent) log.warn('no names of containers: the engine does not answer', { error: String(error) });
    }
  }

  of(id: string): Container | undefined {
    if (id === '' || !this.#isReachable) return undefined;
    const known = this.#known.get(id);
    if (known === undefined) void this.#fetch(id);
    return typeof known === 'object' ? known : undefined;
  }

  async #fetch(id: string): Promise<void> {
    this.#known.set(id, 'asked');
    try {
      const { Name, Config } = (await this.#ask(`/containers/${id}/json`)) as Inspected;
      this.#known.set(id, containerOf(Name, Config.Image, Config.Labels));
      this.#onKnown(id);
    } catch (error) {
      // One of another engine, or gone: asking again would not help.
      this.#known.set(id, 'unknown');
      log.debug('a container is not known to the engine', { container: id, error: String(error) });
    }
  }

  async #ask(path: string): Promise<unknown> {
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const request = requestHttp({ ...this.#endpoint, path, timeout: timeoutMs, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (part: string) => {
        text += part;
        if (text.length > maxAnswerBytes) request.destroy(new Error('its answer is too long'));
      });
      response.on('error', reject);
      response.on('end', () => {
        try {
          if (response.statusCode !== 200) throw new Error(`it answered ${response.statusCode}`);
          resolve(JSON.parse(text));
        } catch (error) {
          reject(error);
        }
      });
    });
    request.on('timeout', () => request.destroy(new Error(`no answer within ${timeoutMs} ms`)));
    request.on('error', reject);
    return promise;
  }
}

interface Listed {
  readonly Id: string;
  readonly Names: readonly string[];
  readonly Image: string;
  readonly Labels?: Readonly<Record<string, string>> | null;
}

interface Inspected {
  readonly Name: string;
  readonly Config: { readonly Image: string; readonly Labels?: Readonly<Record<string, string>> | null };
}

function containerOf(name: string | undefined, image: string, labels: Listed['Labels']): Container {
  return { name: (name ?? '').replace(/^\//, ''), image, labels: labels ?? {} };
}

function endpointOf(host: string): RequestOptions | undefined {
  if (host.startsWith('unix://')) return { socketPath: host.slice('unix://'.length) };
  const [, hostname, port] = /^(?:tcp|http):\/\/(\[[^\]]+\]|[^:/]+)(?::(\d+))?\/?$/.exec(host) ?? [];
  return hostname === undefined ? undefined : { hostname: hostname.replace(/[[\]]/g, ''), port: Number(port ?? 2375) };
}
