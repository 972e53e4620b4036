import { join } from 'node:path';
import { load } from '../../test/support/load.ts';
import { Child } from '../../test/support/processes.ts';
import { placement } from './benchmark.ts';

/** What a load says of itself. */
export interface Loaded {
  readonly requests: number;
  readonly errors: number;
  readonly seconds: number;
  readonly p50Us: number;
  readonly p99Us: number;
}

/** What is asked. */
export interface Target {
  readonly port: number;
  readonly path: string;
  readonly isTls: boolean;
}

const connections = 16;

/** As many requests as the server answers. */
export async function fullLoad({ port, path, isTls }: Target, forSeconds: number): Promise<Loaded> {
  const wrk = new Child(
    'wrk',
    [
      ...['-t', '1', '-c', String(connections), '-d', `${forSeconds}s`],
      ...['-s', join(import.meta.dirname, 'wrk.lua'), `${isTls ? 'https' : 'http'}://127.0.0.1:${port}${path}`],
    ],
    { cpus: placement().others, name: 'wrk' },
  );
  const line = await wrk.line(/^\{"requests"/, (forSeconds + 30) * 1000);
  await wrk.end();
  return JSON.parse(line) as Loaded;
}

/** A fixed rate below what the server can do: its CPU time per request is steadier than under full load. */
export async function steadyLoad({ port, path, isTls }: Target, forSeconds: number, rate: number): Promise<Loaded> {
  const result = await load({
    port,
    requests: Math.round(rate * forSeconds),
    connections,
    rate,
    path,
    tls: isTls,
    cpus: placement().others,
    limitS: forSeconds * 3 + 10,
  });
  return { ...result, requests: result.ok };
}
