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

const connections = 16;
const path = '/bench';

/** As many requests as the server answers. */
export async function fullLoad(port: number, forSeconds: number): Promise<Loaded> {
  const wrk = new Child(
    'wrk',
    [
      ...['-t', '1', '-c', String(connections), '-d', `${forSeconds}s`],
      ...['-s', join(import.meta.dirname, 'wrk.lua'), `http://127.0.0.1:${port}${path}`],
    ],
    { cpus: placement().others, name: 'wrk' },
  );
  const line = await wrk.line(/^\{"requests"/, (forSeconds + 30) * 1000);
  await wrk.end();
  return JSON.parse(line) as Loaded;
}

/** A fixed rate below what the server can do: its CPU time per request is steadier than under full load. */
export async function steadyLoad(port: number, forSeconds: number, rate: number): Promise<Loaded> {
  const result = await load({
    port,
    requests: Math.round(rate * forSeconds),
    connections,
    rate,
    path,
    cpus: placement().others,
    limitS: forSeconds * 3 + 10,
  });
  return { ...result, requests: result.ok };
}
