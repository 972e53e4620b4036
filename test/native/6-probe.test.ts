import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { ProbeEntries } from '../../src/kernel/probe-entries.ts';
import { until } from '../support/until.ts';
import { addon, kernelError, loadObject, loadSample, root, u32 } from './support/sample.ts';

const path = join(root, 'build/test/probed');

let symbols: string | undefined;

/** Where a function of test/native/programs/probed.c starts in its file: it is linked to be loaded at 0x400000. */
function offsetOf(name: string): number {
  symbols ??= execFileSync('nm', [path], { encoding: 'utf8' });
  const symbol = new RegExp(`^([0-9a-f]+) T ${name}$`, 'm').exec(symbols);
  return Number.parseInt(symbol?.[1] ?? '', 16) - 0x400000;
}

const callsByCookie = (object: ReturnType<typeof loadSample>) =>
  Object.fromEntries(
    object
      .map('pairs')
      .keys()
      .map((key) => [key.readUInt32LE(), Number(object.map('pairs').lookup(key)?.readBigUInt64LE())]),
  );

test('one link probes many functions, and the cookie tells which', () => {
  const object = loadSample();
  const link = object.attachUprobes('on_probe', {
    path,
    offsets: [offsetOf('first'), offsetOf('second')],
    cookies: [1, 2n],
  });
  execFileSync(path);
  expect(callsByCookie(object)).toEqual({ 1: 3, 2: 2 });
  link.destroy();
  execFileSync(path);
  expect(callsByCookie(object)).toEqual({ 1: 3, 2: 2 });
});

/** What a set of probes may take to go in, or out. */
const manyMs = 200;

test('600 probes go in and come out in no time', () => {
  const object = loadSample();
  const bytesOfNop = process.arch === 'arm64' ? 4 : 1;
  const offsets = Array.from({ length: 600 }, (_, i) => offsetOf('nops') + i * bytesOfNop);
  const begin = performance.now();
  const link = object.attachUprobes('on_probe', { path, offsets, cookies: offsets.map(() => 7) });
  const attached = performance.now();
  execFileSync(path);
  expect(callsByCookie(object)).toEqual({ 7: 600 });
  const ran = performance.now();
  link.destroy();
  console.log(`600 probes: in ${(attached - begin).toFixed(1)} ms, out ${(performance.now() - ran).toFixed(1)} ms`);
  expect(attached - begin).toBeLessThan(manyMs);
  expect(performance.now() - ran).toBeLessThan(manyMs);
});

test('returns are probed on demand', () => {
  const object = loadSample();
  object.attachUprobes('on_probe', { path, offsets: [offsetOf('second')], cookies: [9], isReturn: true });
  execFileSync(path);
  expect(callsByCookie(object)).toEqual({ 9: 2 });
});

test('a probe of one process leaves the others alone', () => {
  const object = loadSample();
  object.attachUprobes('on_probe', { path, offsets: [offsetOf('first')], pid: process.pid });
  execFileSync(path);
  expect(callsByCookie(object)).toEqual({});
});

test('a single probe works where many are not supported', () => {
  const object = loadSample();
  object.attachUprobe('on_single_probe', { path, offset: offsetOf('first'), cookie: 5 });
  execFileSync(path);
  expect(callsByCookie(object)).toEqual({ 5: 3 });
});

test('where the kernel keeps no numbers, an entry for each tells which', () => {
  expect(addon.keepsCookies()).toBe(true); // here it does
  const object = loadObject('entered');
  const entries = new ProbeEntries(addon);
  onTestFinished(() => entries.close());
  const place = { program: 'on_entered', isReturn: false };
  entries.attach(object, path, { ...place, offset: offsetOf('first'), cookie: 5 });
  entries.attach(object, path, { ...place, offset: offsetOf('second'), cookie: 6 });
  entries.attach(object, path, { ...place, offset: offsetOf('second'), cookie: 6, isReturn: true });
  execFileSync(path);
  expect(callsByCookie(object)).toEqual({ 5: 3, 6: 4 });
});

test('single probes come out without being waited for', async () => {
  const object = loadSample();
  const bytesOfNop = process.arch === 'arm64' ? 4 : 1;
  const offsets = Array.from({ length: 20 }, (_, i) => offsetOf('nops') + i * bytesOfNop);
  const begin = performance.now();
  const links = offsets.map((offset) => object.attachUprobe('on_single_probe', { path, offset, cookie: 3 }));
  const attached = performance.now();
  execFileSync(path);
  expect(callsByCookie(object)).toEqual({ 3: 20 });
  const ran = performance.now();
  for (const link of links) link.destroy();
  const left = performance.now();
  console.log(`20 single probes: in ${Math.round(attached - begin)} ms, left alone in ${(left - ran).toFixed(2)} ms`);
  expect(left - ran).toBeLessThan(manyMs / 10);
  const calls = () => {
    const before = callsByCookie(object)[3] ?? 0;
    execFileSync(path);
    return (callsByCookie(object)[3] ?? 0) - before;
  };
  await until(() => calls() === 0, { withinMs: 20_000 });
  console.log(`and were out after ${Math.round(performance.now() - left)} ms`);
});

test('as many cookies as offsets, or none', () => {
  const object = loadSample();
  expect(kernelError(() => object.attachUprobes('on_probe', { path, offsets: [1, 2], cookies: [1] }))).toMatchObject({
    code: 'EINVAL',
  });
  expect(kernelError(() => object.attachUprobes('on_probe', { path, offsets: [] }))).toMatchObject({ code: 'EINVAL' });
});

test('a file system can be mounted, and a program attached to a cgroup in it', () => {
  const directory = mkdtempSync(join(tmpdir(), 'beyla-cgroup-'));
  addon.mount('none', directory, 'cgroup2');
  onTestFinished(() => {
    execFileSync('umount', [directory]);
    rmdirSync(directory);
  });
  expect(readFileSync('/proc/self/mounts', 'utf8')).toContain(`${directory} cgroup2`);
  const object = loadSample();
  const link = object.attachCgroup('on_sockops', directory);
  expect(link.isAttached).toBe(true);
  link.destroy();
});

test('what cannot be mounted or attached to is an error', () => {
  expect(kernelError(() => addon.mount('none', '/does/not/exist', 'tmpfs'))).toMatchObject({
    code: 'ENOENT',
    syscall: 'mount',
    path: '/does/not/exist',
  });
  const object = loadSample();
  expect(kernelError(() => object.attachCgroup('on_sockops', '/does/not/exist'))).toMatchObject({ code: 'ENOENT' });
  expect(kernelError(() => object.attachSockmap('on_sockops', object.map('pairs')))).toBeInstanceOf(Error);
  expect(object.map('hits').lookup(u32(0))).toBeDefined();
});
