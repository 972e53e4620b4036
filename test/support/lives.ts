import { get, Agent as HttpAgent } from 'node:http';
import { hostname } from 'node:os';
import { expect } from 'vitest';
import type { Agent } from './agent.ts';
import { samplesOf } from './prometheus-text.ts';
import { until } from './until.ts';

/** Asks servers that answer with their process id, and so knows how many requests each process has served. */
export class Asker {
  readonly #served = new Map<number, number>();
  readonly #paths: string[] = [];

  get paths(): readonly string[] {
    return this.#paths;
  }

  get pids(): readonly number[] {
    return [...this.#served.keys()];
  }

  /** One request, on a connection of its own, as soon as somebody listens; returns who answered. */
  async ask(port: number, what = 'life'): Promise<number> {
    const path = `/${what}/${this.#paths.length}`;
    this.#paths.push(path);
    const pid = await until(() => answerOf(port, path), { what: `an answer on ${port}` });
    this.#served.set(pid, (this.#served.get(pid) ?? 0) + 1);
    return pid;
  }

  /** `count` requests, some of them at the same time. */
  async askOften(port: number, count: number, atOnce = 8): Promise<void> {
    let left = count;
    const ask = async (): Promise<void> => {
      while (left-- > 0) await this.ask(port);
    };
    await Promise.all(Array.from({ length: atOnce }, ask));
  }

  /** Stops the agent; it must have told of every request once, and have counted it for the process that served it. */
  async expectTold(agent: Agent): Promise<void> {
    await agent.spansWhere(({ side }) => side === 'server', this.#paths.length);
    const metrics = await agent.metrics();
    await agent.stop();
    expect(agent.spans.map(({ path, side, status }) => `${side} ${path} ${status}`).toSorted()).toEqual(
      this.#paths.map((path) => `server ${path} 200`).toSorted(),
    );
    const counted = samplesOf(metrics, 'http_server_request_duration_seconds_count');
    const pids = new Set(counted.map(({ labels }) => labels['instance'] ?? ''));
    const countOf = (instance: string) =>
      counted.filter(({ labels }) => labels['instance'] === instance).reduce((sum, { value }) => sum + value, 0);
    expect(Object.fromEntries([...pids].map((pid) => [pid, countOf(pid)]))).toEqual(
      Object.fromEntries([...this.#served].map(([pid, count]) => [`${hostname()}:${pid}`, count])),
    );
  }
}

/** Undefined while nobody listens. Any other failure is one of the test. */
function answerOf(port: number, path: string): Promise<number | undefined> {
  const { promise, resolve, reject } = Promise.withResolvers<number | undefined>();
  const agent = new HttpAgent({ keepAlive: false });
  const request = get({ host: '127.0.0.1', port, path, agent }, (response) => {
    let body = '';
    response.setEncoding('utf8');
    response.on('data', (text: string) => {
      body += text;
    });
    response.on('end', () => resolve(Number(body)));
    response.on('error', reject);
  });
  request.on('error', (error: NodeJS.ErrnoException) =>
    error.code === 'ECONNREFUSED' ? resolve(undefined) : reject(error),
  );
  return promise;
}
