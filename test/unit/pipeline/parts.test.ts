import { expect, test } from 'vitest';
import type { Part } from '../../../src/pipeline/part.ts';
import { stopAll, stopInReverse } from '../../../src/pipeline/parts.ts';

function part(name: string, stop: () => Promise<void>): Part {
  return { name, start: async () => {}, stop };
}

test('parts stop one after the other, the last first', async () => {
  const stopped: string[] = [];
  const named = (name: string) => part(name, async () => void stopped.push(name));
  await stopInReverse([named('first'), named('second'), named('third')], 1_000);
  expect(stopped).toEqual(['third', 'second', 'first']);
});

test('a part that hangs or fails does not hold up the others', async () => {
  let isStopped = false;
  const parts = [
    part('good', async () => {
      isStopped = true;
    }),
    part('hanging', () => new Promise(() => {})),
    part('failing', async () => Promise.reject(new Error('no'))),
  ];
  await stopInReverse(parts, 30);
  expect(isStopped).toBe(true);
  isStopped = false;
  await stopAll(parts, 30);
  expect(isStopped).toBe(true);
});
