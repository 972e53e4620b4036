import { connect } from 'node:net';
import { freePorts } from './free-ports.ts';
import { Child } from './processes.ts';
import { hopProgram, pythonProgram, serverScript } from './programs.ts';
import type { SeenSpan } from './seen-span.ts';
import { until } from './until.ts';

/** Starts a service on `port` that asks the one on `next` before it answers; 0 = it asks nobody. */
export type StartHop = (port: number, next: number) => Child;

const script = (file: string): StartHop => {
  return (port, next) => new Child(pythonProgram(), [serverScript(file), `${port}`, `${next}`], { name: file });
};

/** Services alike in everything but their runtime. */
export const hops = {
  node: (port, next) => new Child(process.execPath, [serverScript('hop.mjs'), `${port}`, `${next}`], { name: 'node' }),
  python: script('hop.py'),
  asyncio: script('hop_asyncio.py'),
  go: (port, next) => new Child(hopProgram(), [`${port}`, `${next}`], { name: 'go' }),
  java: (port, next) => new Child('java', [serverScript('Hop.java'), `${port}`, `${next}`], { name: 'java' }),
  ruby: (port, next) =>
    new Child('puma', ['-b', `tcp://127.0.0.1:${port}`, '-t', '64:64', '-e', 'production', serverScript('hop.ru')], {
      name: 'puma',
      env: { NEXT: `${next}` },
    }),
} as const satisfies Record<string, StartHop>;

export interface Hop {
  readonly name: string;
  readonly port: number;
  readonly process: Child;
}

/** Services that ask each other in turn, the first of which is asked from outside. */
export async function startChain(starts: readonly (readonly [name: string, start: StartHop])[]): Promise<Hop[]> {
  const ports = await freePorts(starts.length);
  const chain = starts.map(([name, start], i) => {
    const [port = 0, next = 0] = [ports[i], ports[i + 1]];
    return { name, port, process: start(port, next) };
  });
  for (const { name, port, process } of chain) {
    await until(() => isListening(port), { withinMs: 30_000, what: () => `${name} to listen\n${process.tail()}` });
  }
  return chain;
}

function isListening(port: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const socket = connect(port, '127.0.0.1', () => {
    socket.destroy();
    resolve(true);
  });
  socket.on('error', () => resolve(false));
  return promise;
}

/** How many of the calls that a service makes were tied to the request that caused them. */
export interface LinkScore {
  readonly calls: number;
  readonly right: number;
  readonly wrong: number;
  readonly missing: number;
}

/** Requests and the calls that they cause have the same path, and no two requests do. */
export function scoreCalls(spans: readonly SeenSpan[], servedAt: number, calledAt: number): LinkScore {
  const causes = new Map(spans.filter(isAt('server', servedAt)).map((span) => [span.path, span]));
  const calls = spans.filter(isAt('client', calledAt));
  const right = calls.filter((call) => isChild(call, causes.get(call.path))).length;
  const missing = calls.filter(({ parentSpanId }) => /^0+$/.test(parentSpanId)).length;
  return { calls: calls.length, right, missing, wrong: calls.length - right - missing };
}

export function isChild(span: SeenSpan, parent: SeenSpan | undefined): boolean {
  return span.parentSpanId === parent?.spanId && span.traceId === parent.traceId;
}

export function isAt(side: SeenSpan['side'], port: number): (span: SeenSpan) => boolean {
  return (span) => span.side === side && span.port === port;
}
