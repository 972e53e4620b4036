import { readdirSync } from 'node:fs';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { feedFolder, feedSuffix, type ShownSpan } from './shown-span.ts';
import { Trees } from './trees.ts';

export interface FollowOptions {
  readonly write: (text: string) => unknown;
  readonly folder?: string;
  /** A trace is shown when nothing of it has come for so long. */
  readonly quietMs?: number;
}

/** Shows the trees that running agents see, until they end. Returns how many there were. */
export async function followTraces({ write, folder = feedFolder, quietMs = 1000 }: FollowOptions): Promise<number> {
  const trees = new Trees((tree) => write(`${tree}\n`));
  const timer = setInterval(() => trees.settle(Date.now(), quietMs), quietMs / 2);
  const ends = feedsIn(folder).map((path) => followOne(path, (span) => trees.add(span, Date.now())));
  const followed = (await Promise.all(ends)).filter((wasThere) => wasThere).length;
  clearInterval(timer);
  trees.settle(Number.POSITIVE_INFINITY, 0);
  return followed;
}

function feedsIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith(feedSuffix))
      .map((name) => join(folder, name));
  } catch {
    return [];
  }
}

/** Resolves when the agent has gone; false when there was none. */
function followOne(path: string, onSpan: (span: ShownSpan) => void): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  let isConnected = false;
  const socket = createConnection(path, () => {
    isConnected = true;
  });
  socket.on('error', () => {}).on('close', () => resolve(isConnected)); // the agent that left its file there was killed
  const lines = createInterface({ input: socket });
  lines.on('error', () => {}).on('line', (line) => onSpan(JSON.parse(line) as ShownSpan));
  return promise;
}
