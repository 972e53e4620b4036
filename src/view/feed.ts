import { chmodSync, mkdirSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import type { Part } from '../pipeline/part.ts';
import type { Span } from '../span/span.ts';
import { counters } from '../telemetry/counters.ts';
import { log } from '../telemetry/log.ts';
import { feedFolder, feedSuffix, type ShownSpan } from './shown-span.ts';

/** A reader that does not keep up may hold back this much before it misses spans. */
const maxWaitingBytes = 1024 * 1024;

/** Tells spans to whoever runs `beyla trace`. An agent that cannot be followed works all the same, so nothing here fails. */
export class TraceFeed implements Part {
  readonly name = 'trace feed';
  readonly #folder: string;
  readonly #readers = new Set<Socket>();
  #server: Server | undefined;

  constructor(folder = feedFolder) {
    this.#folder = folder;
  }

  async start(): Promise<void> {
    const path = join(this.#folder, `agent-${process.pid}${feedSuffix}`);
    const server = createServer((socket) => this.#join(socket)).unref();
    try {
      mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
      rmSync(path, { force: true });
      await new Promise<void>((resolve, reject) => server.once('error', reject).listen(path, resolve));
      chmodSync(path, 0o600);
      this.#server = server;
    } catch (error) {
      log.debug('beyla trace cannot follow this agent', { path, error: String(error) });
    }
  }

  /** Closing removes the socket's file, too. */
  async stop(): Promise<void> {
    for (const reader of this.#readers) reader.destroy();
    const server = this.#server;
    this.#server = undefined;
    if (server !== undefined) await new Promise<void>((resolve) => server.close(() => resolve()));
  }

  write(spans: readonly Span[]): void {
    if (this.#readers.size === 0) return;
    const lines = spans.map((span) => `${JSON.stringify(shown(span))}\n`).join('');
    for (const reader of this.#readers) {
      if (reader.writableLength <= maxWaitingBytes) reader.write(lines);
      else counters.add('spans_lost', 'trace_view_slow', spans.length);
    }
  }

  #join(socket: Socket): void {
    this.#readers.add(socket);
    socket.on('close', () => this.#readers.delete(socket));
    socket.on('error', () => socket.destroy()); // whoever read has left
    socket.resume();
  }
}

function shown({ service, ...span }: Span): ShownSpan {
  return {
    traceId: span.traceId,
    spanId: span.spanId,
    parentSpanId: span.parentSpanId,
    rule: span.parentRule,
    kind: span.kind,
    name: span.name,
    service: service.namespace === '' ? service.name : `${service.namespace}/${service.name}`,
    status: span.statusCode,
    startNs: span.requestStartNs,
    endNs: span.endNs,
  };
}
