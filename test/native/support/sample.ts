import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import {
  type BpfObject,
  type KernelError,
  loadAddon,
  type OnBatch,
  type OpenOptions,
  type Ring,
} from '../../../src/kernel/addon.ts';

export const root = join(import.meta.dirname, '../../..');

/** The sanitizer test runs all others once more against its own build. */
export const addon = loadAddon(process.env['ADDON_UNDER_TEST'] ?? join(root, 'build/native/kernel.node'));

export const objectFile = (name: string) => join(root, `build/test/bpf/${name}.bpf.o`);

/** test/native/bpf/sample.bpf.c, opened for the running test. */
export function openSample(options?: OpenOptions): BpfObject {
  return openTestObject('sample', options);
}

export function loadSample(options?: OpenOptions): BpfObject {
  return loadObject('sample', options);
}

/** One of test/native/bpf, loaded. */
export function loadObject(name: string, options?: OpenOptions): BpfObject {
  const object = openTestObject(name, options);
  object.load();
  return object;
}

function openTestObject(name: string, options?: OpenOptions): BpfObject {
  const object = addon.openObject(objectFile(name), options);
  onTestFinished(() => object.close());
  return object;
}

export function openRecords(object: BpfObject, onBatch: OnBatch): Ring {
  const ring = addon.openRing(object.map('records'), onBatch);
  onTestFinished(() => ring.close());
  return ring;
}

/** BPF_RB_NO_WAKEUP */
export const withoutWakeup = 1;

/** Puts records of 4, 4000 or 300000 bytes into the ring, and tells how many it took. */
export function send(
  object: BpfObject,
  count: number,
  { size = 4, flags = 0 }: { size?: 4 | 4000 | 300_000; flags?: number } = {},
): number {
  return object.testRun('send', new Uint8Array(Uint32Array.of(count, size, 0, flags).buffer));
}

export function u32(value: number): Uint8Array {
  return new Uint8Array(Uint32Array.of(value).buffer);
}

export function u64(value: bigint): Uint8Array {
  return new Uint8Array(BigUint64Array.of(value).buffer);
}

export function kernelError(action: () => unknown): KernelError {
  try {
    action();
  } catch (error) {
    return error as KernelError;
  }
  throw new Error('It did not throw');
}
