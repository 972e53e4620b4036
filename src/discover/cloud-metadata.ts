import { readFileSync } from 'node:fs';
import { type IncomingMessage, request as requestHttp } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { log } from '../telemetry/log.ts';
import { type AskMetadata, type Attributes, type Cloud, clouds, type Firmware } from './clouds.ts';

export interface CloudOptions {
  /** How long it is tried. */
  readonly timeoutMs: number;
  /** Pauses between two attempts: the first, and the longest. */
  readonly startIntervalMs: number;
  readonly maxIntervalMs: number;
  /** Where the files of the machine lie. */
  readonly root?: string;
  readonly origin?: string;
}

const attemptMs = 2000;
const maxAnswerBytes = 1 << 20;
const metadataOrigin = 'http://169.254.169.254';

/** Finds out from the cloud that the machine runs in what it is, in the background; on any other machine it does nothing. */
export class CloudMetadata {
  readonly #options: CloudOptions;
  readonly #firmware: Firmware;
  readonly #cloud: Cloud | undefined;
  readonly #over = new AbortController();

  constructor(options: CloudOptions) {
    const { root = '/' } = options;
    this.#options = options;
    this.#firmware = (file) => textOf(`${root}sys/class/dmi/id/${file}`);
    this.#cloud = clouds.find((cloud) => cloud.isHere(this.#firmware));
  }

  /** What is known without asking. */
  get known(): Attributes {
    return this.#cloud?.known(this.#firmware) ?? {};
  }

  /** Resolves with nothing when there is no cloud, or it does not answer in time. */
  async ask(): Promise<Attributes | undefined> {
    const { timeoutMs, startIntervalMs, maxIntervalMs } = this.#options;
    const cloud = this.#cloud;
    if (cloud === undefined) return undefined;
    const deadline = performance.now() + timeoutMs;
    for (let pauseMs = startIntervalMs; ; pauseMs = Math.min(pauseMs * 2, maxIntervalMs)) {
      try {
        return await cloud.ask(this.#ask);
      } catch (error) {
        if (this.#over.signal.aborted) return undefined;
        if (performance.now() + pauseMs > deadline) {
          log.warn('the cloud does not say what this machine is', { cloud: cloud.name, error: String(error) });
          return undefined;
        }
      }
      await delay(pauseMs, undefined, { ref: false, signal: this.#over.signal }).catch(() => {});
      if (this.#over.signal.aborted) return undefined;
    }
  }

  stop(): void {
    this.#over.abort();
  }

  readonly #ask: AskMetadata = async (path, headers = {}, method = 'GET') => {
    const { origin = metadataOrigin } = this.#options;
    const signal = AbortSignal.any([this.#over.signal, AbortSignal.timeout(attemptMs)]);
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
    const request = requestHttp(`${origin}${path}`, { method, headers, signal, agent: false }, resolve);
    request.on('error', reject);
    request.end();
    const response = await promise;
    let text = '';
    for await (const part of response.setEncoding('utf8')) {
      text += part;
      if (text.length > maxAnswerBytes) throw new Error('its answer is too long');
    }
    if (response.statusCode !== 200) throw new Error(`${path} answers ${response.statusCode}`);
    return text;
  };
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    // No firmware that tells of itself, or some of it for root alone.
    return '';
  }
}
