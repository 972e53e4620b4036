import { readFileSync } from 'node:fs';
import { request as requestHttp } from 'node:http';
import { type RequestOptions, request as requestHttps } from 'node:https';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { AgentError } from '../lib/agent-error.ts';
import { type Container, type Engine, engineTimeoutMs, maxAnswerBytes } from './containers.ts';

/** The variables that Docker's own client reads: https://docs.docker.com/reference/cli/docker/#environment-variables */
export interface DockerOptions {
  /** `unix://` or `tcp://`. */
  readonly host: string;
  /** Empty: the newest that the engine speaks. */
  readonly apiVersion?: string;
  /** Folder of ca.pem, cert.pem and key.pem; with it, or with `verifies`, TCP is spoken inside TLS. */
  readonly certPath?: string;
  /** Whether the engine's certificate is checked. */
  readonly verifies?: boolean;
}

/** Docker's interface (https://docs.docker.com/reference/api/engine/), also spoken by Podman: two questions of it. */
export class Docker implements Engine {
  readonly name: string;
  readonly #endpoint: RequestOptions;
  readonly #isTls: boolean;
  readonly #root: string;

  /** @throws AgentError when the address is of no known form, or its certificates cannot be read */
  constructor(options: DockerOptions) {
    const { host, apiVersion = '', certPath = '', verifies = false } = options;
    this.name = host;
    this.#root = apiVersion === '' ? '' : `/v${apiVersion.replace(/^v/, '')}`;
    this.#isTls = !host.startsWith('unix://') && (certPath !== '' || verifies || host.startsWith('https://'));
    this.#endpoint = {
      ...addressIn(host, this.#isTls),
      ...(this.#isTls && certificates(certPath, verifies)),
    };
  }

  async list(): Promise<ReadonlyMap<string, Container>> {
    const running = ((await this.#ask('/containers/json')) ?? []) as Listed[];
    return new Map(running.map((one) => [one.Id, containerOf(one.Names[0], one.Image, one.Labels)]));
  }

  async inspect(id: string): Promise<Container | undefined> {
    const found = (await this.#ask(`/containers/${id}/json`)) as Inspected | undefined;
    return found && containerOf(found.Name, found.Config.Image, found.Config.Labels);
  }

  /** Undefined when there is no such thing. */
  async #ask(path: string): Promise<unknown> {
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const options = { ...this.#endpoint, path: `${this.#root}${path}`, agent: false };
    const request = (this.#isTls ? requestHttps : requestHttp)(options, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (part: string) => {
        text += part;
        if (text.length > maxAnswerBytes) request.destroy(new Error('its answer is too long'));
      });
      response.on('error', reject);
      response.on('end', () => {
        try {
          if (response.statusCode === 404) resolve(undefined);
          else if (response.statusCode === 200) resolve(JSON.parse(text));
          else reject(new Error(`it answered ${response.statusCode}`));
        } catch (error) {
          reject(error);
        }
      });
    });
    const timer = setTimeout(
      () => request.destroy(new Error(`no answer within ${engineTimeoutMs} ms`)),
      engineTimeoutMs,
    );
    request.on('error', reject);
    request.on('close', () => clearTimeout(timer));
    request.end();
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

function addressIn(host: string, isTls: boolean): RequestOptions {
  if (host.startsWith('unix://')) return { socketPath: host.slice('unix://'.length) };
  const [, hostname, port] = /^(?:tcp|https?):\/\/(\[[^\]]+\]|[^:/]+)(?::(\d+))?\/?$/.exec(host) ?? [];
  if (hostname === undefined) {
    throw new AgentError('BAD_DOCKER_HOST', `DOCKER_HOST is neither unix://PATH nor tcp://HOST:PORT: ${host}`);
  }
  return { hostname: hostname.replace(/[[\]]/g, ''), port: Number(port ?? (isTls ? 2376 : 2375)) };
}

/** As Docker's own client does it: without DOCKER_TLS_VERIFY anybody's certificate is good enough. */
function certificates(path: string, verifies: boolean): RequestOptions {
  const folder = path === '' ? join(homedir(), '.docker') : path;
  try {
    const [ca, cert, key] = ['ca.pem', 'cert.pem', 'key.pem'].map((file) => readFileSync(join(folder, file)));
    return { ca, cert, key, rejectUnauthorized: verifies };
  } catch (cause) {
    throw new AgentError('NO_DOCKER_CERTIFICATES', `the certificates for DOCKER_HOST cannot be read: ${cause}`, {
      cause,
    });
  }
}
