import { availableParallelism } from 'node:os';
import { expect, test } from 'vitest';
import { updateFlags } from '../../src/kernel/addon.ts';
import { kernelError, loadSample, u32, u64 } from './support/sample.ts';

test('what was put into a map is found there until it is deleted', () => {
  const map = loadSample().map('pairs');
  map.update(u32(7), u64(70n));
  expect(map.lookup(u32(7))?.readBigUInt64LE()).toBe(70n);
  expect(map.delete(u32(7))).toBe(true);
  expect(map.lookup(u32(7))).toBeUndefined();
  expect(map.delete(u32(7))).toBe(false);
});

test('flags say whether an entry may or must be there', () => {
  const map = loadSample().map('pairs');
  expect(kernelError(() => map.update(u32(1), u64(1n), updateFlags.present))).toMatchObject({ code: 'ENOENT' });
  map.update(u32(1), u64(1n), updateFlags.absent);
  expect(kernelError(() => map.update(u32(1), u64(1n), updateFlags.absent))).toMatchObject({
    code: 'EEXIST',
    path: 'pairs',
  });
});

test('a full map says so', () => {
  const map = loadSample({ maxEntries: { pairs: 1 } }).map('pairs');
  map.update(u32(1), u64(1n));
  expect(kernelError(() => map.update(u32(2), u64(1n)))).toMatchObject({
    code: 'E2BIG',
    syscall: 'bpf_map_update_elem',
  });
});

test('keys gives every key once', () => {
  const map = loadSample().map('pairs');
  for (let i = 0; i < 16; i++) map.update(u32(i), u64(1n));
  const keys = map.keys().map((key) => key.readUInt32LE());
  expect(keys.sort((a, b) => a - b)).toEqual(Array.from({ length: 16 }, (_, i) => i));
});

test('an empty map has no keys', () => {
  expect(loadSample().map('pairs').keys()).toEqual([]);
});

test('a per-CPU map gives the values of all CPUs in a row', () => {
  const map = loadSample().map('hits');
  expect(map.valueSize % 8).toBe(0);
  expect(map.valueSize / 8).toBeGreaterThanOrEqual(availableParallelism());
  const values = Buffer.alloc(map.valueSize);
  for (let cpu = 0; cpu < values.length / 8; cpu++) values.writeUInt32LE(cpu + 1, cpu * 8);
  map.update(u32(1), values);
  expect(map.lookup(u32(1))).toEqual(values);
});

test('keys and values of a wrong size are refused', () => {
  const map = loadSample().map('pairs');
  const wrong = { name: 'TypeError', code: 'ERR_INVALID_ARG_TYPE' };
  expect(kernelError(() => map.lookup(new Uint8Array(3)))).toMatchObject(wrong);
  expect(kernelError(() => map.update(u32(1), u32(1)))).toMatchObject(wrong);
  expect(kernelError(() => map.delete('text' as unknown as Uint8Array))).toMatchObject(wrong);
  expect(kernelError(() => map.update(u32(1), u64(1n), -1 as 0))).toMatchObject(wrong);
});

test('a map knows its shape', () => {
  const map = loadSample().map('pairs');
  expect(map).toMatchObject({ name: 'pairs', maxEntries: 16, keySize: 4, valueSize: 8 });
  expect(map.fd).toBeGreaterThan(2);
});

test('a map that is not loaded yet has nothing to look into', () => {
  const object = loadSample();
  expect(kernelError(() => object.map('no_such'))).toMatchObject({ code: 'ENOENT', path: 'no_such' });
});
