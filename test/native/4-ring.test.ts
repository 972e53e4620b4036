import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, onTestFinished, test, vi } from 'vitest';
import { until } from '../support/until.ts';
import { addon, kernelError, loadSample, openRecords, send, withoutWakeup } from './support/sample.ts';

/** The first word of each record of a batch. */
function indexes(bytes: Buffer, ends: Uint32Array, count: number): number[] {
  const found: number[] = [];
  for (let i = 0, start = 0; i < count; i++) {
    found.push(bytes.readUInt32LE(start));
    start = ((ends[i] ?? 0) + 7) & ~7;
  }
  return found;
}

const upTo = (count: number) => Array.from({ length: count }, (_, i) => i);

test('records arrive by themselves, in order, in one call', async () => {
  const object = loadSample();
  const batches: number[][] = [];
  openRecords(object, (...batch) => batches.push(indexes(...batch)));
  expect(send(object, 100)).toBe(100);
  await until(() => batches.length > 0);
  expect(batches).toEqual([upTo(100)]);
});

test('records keep their length, and start at multiples of eight', () => {
  const object = loadSample();
  const ring = openRecords(object, (_bytes, ends, count) => {
    expect([...ends.subarray(0, count)]).toEqual([4, 12, 20]);
  });
  send(object, 3, { flags: withoutWakeup });
  expect(ring.consume()).toBe(3);
});

test('records sent without a wake-up wait for consume', async () => {
  const object = loadSample();
  const onBatch = vi.fn();
  const ring = openRecords(object, onBatch);
  // The loop looks once by itself when it begins to watch, and once more after each wake-up.
  send(object, 1);
  await until(() => onBatch.mock.calls.length === 1);
  await nextTurn();
  await nextTurn();
  onBatch.mockClear();
  send(object, 5, { flags: withoutWakeup });
  await nextTurn();
  expect(onBatch).not.toHaveBeenCalled();
  expect(ring.pending()).toBe(5 * 16);
  expect(ring.consume()).toBe(5);
  expect(onBatch).toHaveBeenCalledOnce();
  expect(ring.pending()).toBe(0);
  expect(ring.consume()).toBe(0);
});

test('with a time to gather, records of several turns go over in one call, and later ones wake again', async () => {
  const object = loadSample();
  const batches: number[] = [];
  const ring = addon.openRing(object.map('records'), (_bytes, _ends, count) => batches.push(count), 30);
  onTestFinished(() => ring.close());
  send(object, 1);
  for (let turn = 0; turn < 3; turn++) {
    await nextTurn();
    send(object, 1, { flags: withoutWakeup });
  }
  expect(batches).toEqual([]);
  await until(() => batches.length > 0);
  expect(batches).toEqual([4]);
  send(object, 2);
  await until(() => batches.length > 1);
  expect(batches).toEqual([4, 2]);
});

test('a ring that fills is emptied before the time to gather is over', async () => {
  const order: string[] = [];
  for (const [name, records] of [
    ['one record', 1],
    ['an eighth of the ring', 40],
  ] as const) {
    const object = loadSample({ maxEntries: { records: 1 << 20 } });
    const ring = addon.openRing(object.map('records'), () => order.push(name), 1000);
    onTestFinished(() => ring.close());
    expect(send(object, records, { size: 4000 })).toBe(records);
  }
  await until(() => order.length > 1);
  expect(order).toEqual(['an eighth of the ring', 'one record']);
});

test('the buffer of one batch is used again for the next', () => {
  const object = loadSample();
  const seen = new Set<ArrayBufferLike>();
  const ring = openRecords(object, (bytes) => seen.add(bytes.buffer));
  for (let i = 0; i < 3; i++) {
    send(object, 10, { flags: withoutWakeup });
    ring.consume();
  }
  expect(seen.size).toBe(1);
});

test('a batch ends before it has more than a quarter of a megabyte, and the rest follows', () => {
  const object = loadSample({ maxEntries: { records: 1 << 22 } });
  const sizes: number[] = [];
  const ring = openRecords(object, (_bytes, ends, count) => sizes.push(ends[count - 1] ?? 0));
  expect(send(object, 800, { size: 4000, flags: withoutWakeup })).toBe(800);
  expect(ring.consume()).toBe(800);
  expect(sizes).toHaveLength(13);
  expect(Math.max(...sizes)).toBeLessThanOrEqual(1 << 18);
});

test('more small records than a batch can count are split', () => {
  const object = loadSample();
  const counts: number[] = [];
  const ring = openRecords(object, (_bytes, _ends, count) => counts.push(count));
  expect(send(object, 40_000, { flags: withoutWakeup })).toBe(40_000);
  expect(ring.consume()).toBe(40_000);
  expect(counts).toEqual([16_384, 16_384, 7_232]);
});

test.each([4000, 300_000] as const)('records of %i bytes arrive whole, also around the end of the ring', (size) => {
  const object = loadSample();
  const found: number[][] = [];
  const ring = openRecords(object, (bytes, ends, count) => {
    for (let i = 0, start = 0; i < count; i++) {
      const end = ends[i] ?? 0;
      found.push([bytes.readUInt32LE(start), bytes.readUInt32LE(end - 8), end - start]);
      start = (end + 7) & ~7;
    }
  });
  for (let round = 0; round < 10; round++) {
    found.length = 0;
    const sent = send(object, 3, { size, flags: withoutWakeup });
    ring.consume();
    expect(found).toEqual(upTo(sent).map((index) => [index, index, size]));
  }
  expect(found).toHaveLength(3);
});

test('a ring takes hardly any memory of the process', () => {
  const object = loadSample({ maxEntries: { records: 1 << 26 } });
  const before = process.memoryUsage.rss();
  openRecords(object, () => {});
  expect(process.memoryUsage.rss() - before).toBeLessThan(1 << 24);
});

test('what one turn of the loop leaves, the next ones take', async () => {
  const object = loadSample({ maxEntries: { records: 1 << 24 } });
  let taken = 0;
  openRecords(object, (_bytes, _ends, count) => {
    taken += count;
  });
  expect(send(object, 4000, { size: 4000 })).toBe(4000);
  await until(() => taken === 4000);
});

test('a full ring takes no more', () => {
  const object = loadSample({ maxEntries: { records: 4096 } });
  openRecords(object, () => {});
  expect(send(object, 1000, { flags: withoutWakeup })).toBeLessThan(1000);
});

test('what the callback throws reaches whoever called consume, and the next batch is whole', () => {
  const object = loadSample();
  const batches: number[][] = [];
  let isAngry = true;
  const ring = openRecords(object, (...batch) => {
    if (isAngry) throw new Error('thrown on purpose');
    batches.push(indexes(...batch));
  });
  send(object, 3, { flags: withoutWakeup });
  expect(() => ring.consume()).toThrow('thrown on purpose');
  isAngry = false;
  send(object, 4, { flags: withoutWakeup });
  expect(ring.consume()).toBe(4);
  expect(batches).toEqual([upTo(4)]);
});

test('what the callback throws on the loop is an uncaught exception', async () => {
  const object = loadSample();
  const others = process.listeners('uncaughtException');
  process.removeAllListeners('uncaughtException');
  onTestFinished(() => {
    for (const listener of others) process.on('uncaughtException', listener);
  });
  const thrown = new Promise((resolve) => process.once('uncaughtException', resolve));
  openRecords(object, () => {
    throw new Error('thrown on the loop');
  });
  send(object, 1);
  expect(await thrown).toMatchObject({ message: 'thrown on the loop' });
});

test('promises of the callback are settled before the loop goes on', async () => {
  const object = loadSample();
  const order: string[] = [];
  openRecords(object, () => {
    void Promise.resolve().then(() => order.push('promise'));
    setImmediate(() => order.push('next turn'));
  });
  send(object, 1);
  await until(() => order.length === 2);
  expect(order).toEqual(['promise', 'next turn']);
});

test('a ring may be closed by its own callback', () => {
  const object = loadSample({ maxEntries: { records: 1 << 22 } });
  const ring = openRecords(object, () => ring.close());
  send(object, 800, { size: 4000, flags: withoutWakeup });
  expect(ring.consume()).toBeLessThan(800);
  expect(ring.isOpen).toBe(false);
});

test('a ring cannot be consumed by its own callback', () => {
  const object = loadSample();
  const ring = openRecords(object, () => void ring.consume());
  send(object, 1, { flags: withoutWakeup });
  expect(kernelError(() => ring.consume())).toMatchObject({ code: 'ERR_RING_BUSY' });
});

test('memory that the callback gave away is replaced', () => {
  const object = loadSample();
  const batches: number[][] = [];
  const ring = openRecords(object, (...batch) => {
    batches.push(indexes(...batch));
    structuredClone(batch[0].buffer, { transfer: [batch[0].buffer as ArrayBuffer] });
  });
  for (let i = 0; i < 2; i++) {
    send(object, 2, { flags: withoutWakeup });
    ring.consume();
  }
  expect(batches).toEqual([upTo(2), upTo(2)]);
});

test('closing twice is the same as closing once, and a closed ring refuses the rest', () => {
  const object = loadSample();
  const ring = openRecords(object, () => {});
  ring.close();
  ring.close();
  ring.ref().unref();
  expect(kernelError(() => ring.consume())).toMatchObject({ code: 'ERR_CLOSED' });
  expect(kernelError(() => ring.pending())).toMatchObject({ code: 'ERR_CLOSED' });
});

test('a ring still gives what it holds when its object is closed', () => {
  const object = loadSample();
  const ring = openRecords(object, () => {});
  send(object, 2, { flags: withoutWakeup });
  object.close();
  expect(ring.consume()).toBe(2);
});

test('a map that is no ring buffer is refused', () => {
  expect(kernelError(() => addon.openRing(loadSample().map('pairs'), () => {}))).toMatchObject({
    code: 'EINVAL',
    syscall: 'bpf_map_get_info_by_fd',
  });
});
