import { expect, test } from 'vitest';
import { addon, kernelError, loadSample, objectFile, openSample } from './support/sample.ts';

test('an object file that does not exist is an error like those of node:fs', () => {
  const error = kernelError(() => addon.openObject('/does/not/exist.o'));
  expect(error).toBeInstanceOf(Error);
  expect(error).toMatchObject({
    code: 'ENOENT',
    errno: -2,
    syscall: 'bpf_object__open_file',
    path: '/does/not/exist.o',
    message: "ENOENT: no such file or directory, bpf_object__open_file '/does/not/exist.o'",
  });
});

test('a file that is no object is an error of libbpf', () => {
  const error = kernelError(() => addon.openObject('/etc/passwd'));
  expect(error).toMatchObject({ code: 'ERR_LIBBPF', syscall: 'bpf_object__open_file' });
  expect(error.detail).toContain('/etc/passwd');
});

test('what the verifier said is the detail of a failed load', () => {
  const object = addon.openObject(objectFile('refused'));
  const error = kernelError(() => object.load());
  object.close();
  expect(error).toMatchObject({ code: 'EACCES', errno: -13, syscall: 'bpf_object__load' });
  expect(error.detail).toContain("R0 invalid mem access 'map_value_or_null'");
  expect(error.detail?.split('\n').length).toBeLessThanOrEqual(40);
});

test('programs that were not asked for are not loaded', () => {
  const object = addon.openObject(objectFile('refused'), { programs: ['is_fine'] });
  object.load();
  expect(object.testRun('is_fine')).toBe(7);
  expect(kernelError(() => object.testRun('reads_null'))).toMatchObject({ syscall: 'bpf_prog_test_run_opts' });
  object.close();
});

test('an object tells the names of its programs, maps and constants', () => {
  const object = openSample();
  expect(object.programs()).toContain('on_sys_enter');
  expect(object.maps()).toEqual(expect.arrayContaining(['hits', 'pairs', 'records']));
  expect(object.constants()).toEqual({ only_pid: 4, is_loud: 1, wide: 8, label: 16 });
});

test('constants get their values by name, in their own size', () => {
  const object = loadSample({
    constants: { only_pid: 1000, is_loud: true, wide: 2n ** 32n + 10n, label: Buffer.alloc(16, 5) },
  });
  expect(object.testRun('sum_constants')).toBe(1000 + 1 + 10 + 5);
});

test('constants keep the value of the source when none is given', () => {
  expect(loadSample().testRun('sum_constants')).toBe(1);
});

test.each([
  ['an unknown constant', { constants: { no_such: 1 } }, { code: 'ENOENT', path: 'no_such' }],
  ['a value that does not fit', { constants: { is_loud: 256 } }, { name: 'RangeError' }],
  ['a number for an array', { constants: { label: 1 } }, { name: 'RangeError' }],
  ['bytes of the wrong length', { constants: { label: new Uint8Array(3) } }, { code: 'ERR_INVALID_ARG_TYPE' }],
  ['an unknown program', { programs: ['no_such'] }, { code: 'ENOENT', path: 'no_such' }],
  ['an unknown map', { maxEntries: { no_such: 1 } }, { code: 'ENOENT', path: 'no_such' }],
  ['a map of another shape to reuse', { reuse: { hits: 0 } }, { syscall: 'bpf_map__reuse_fd' }],
])('%s is refused when the object is opened', (_, options, expected) => {
  expect(kernelError(() => addon.openObject(objectFile('sample'), options))).toMatchObject(expected);
});

test('negative constants keep their sign', () => {
  expect(loadSample({ constants: { only_pid: -3, wide: 10 } }).testRun('sum_constants')).toBe(7);
});

test('maps get the capacity that is asked for', () => {
  expect(loadSample({ maxEntries: { pairs: 100 } }).map('pairs').maxEntries).toBe(100);
});

test('a map of another object can be used in place of the own one', () => {
  const first = loadSample();
  const second = loadSample({ reuse: { pairs: first.map('pairs') } });
  first.map('pairs').update(Buffer.from([1, 0, 0, 0]), Buffer.alloc(8, 1));
  expect(second.map('pairs').lookup(Buffer.from([1, 0, 0, 0]))).toEqual(Buffer.alloc(8, 1));
});

test('a shared map outlives the object it came from', () => {
  const first = loadSample();
  const second = loadSample({ reuse: { pairs: first.map('pairs') } });
  first.close();
  second.map('pairs').update(Buffer.alloc(4), Buffer.alloc(8));
  expect(second.map('pairs').keys()).toHaveLength(1);
});

test('loading twice is an error', () => {
  const object = loadSample();
  expect(kernelError(() => object.load())).toMatchObject({ code: 'EINVAL', syscall: 'bpf_object__load' });
});

test('closing twice is the same as closing once', () => {
  const object = loadSample();
  object.close();
  object.close();
  expect(object.isOpen).toBe(false);
});

test('a closed object refuses everything but being closed', () => {
  const object = loadSample();
  const pairs = object.map('pairs');
  object.close();
  const closed = { code: 'ERR_CLOSED' };
  for (const action of [
    () => object.load(),
    () => object.programs(),
    () => object.maps(),
    () => object.constants(),
    () => object.map('pairs'),
    () => object.attach('on_sys_enter'),
    () => object.programInfo('on_sys_enter'),
    () => object.testRun('sum_constants'),
    () => object.readIterator('list_tasks'),
    () => pairs.fd,
    () => pairs.name,
    () => pairs.keys(),
    () => pairs.lookup(Buffer.alloc(4)),
    () => pairs.update(Buffer.alloc(4), Buffer.alloc(8)),
    () => pairs.delete(Buffer.alloc(4)),
    () => addon.openRing(pairs, () => {}),
  ]) {
    expect(kernelError(action), action.toString()).toMatchObject(closed);
  }
});

test('arguments of a wrong type are refused, not believed', () => {
  const object = loadSample();
  const untyped = object as unknown as Record<string, (...args: unknown[]) => unknown>;
  const wrong = { name: 'TypeError' };
  expect(kernelError(() => untyped['map']?.(1))).toMatchObject(wrong);
  expect(kernelError(() => untyped['testRun']?.('send', 'text'))).toMatchObject(wrong);
  expect(kernelError(() => untyped['attachUprobe']?.('on_probe'))).toMatchObject(wrong);
  expect(kernelError(() => untyped['attachUprobes']?.('on_probe', { path: '/bin/sh', offsets: [-1] }))).toMatchObject(
    wrong,
  );
  expect(kernelError(() => untyped['close']?.call({}))).toMatchObject(wrong);
  const { constructor: BpfMap } = object.map('pairs') as unknown as { constructor: new () => unknown };
  expect(kernelError(() => new BpfMap())).toMatchObject(wrong);
});

test('programs can be looked at', () => {
  const info = loadSample().programInfo('on_sys_enter');
  expect(info).toMatchObject({ name: 'on_sys_enter', type: 'tracing', section: 'tp_btf/sys_enter' });
  expect(info.id).toBeGreaterThan(0);
  expect(info.verifiedInstructions).toBeGreaterThan(0);
  expect(info.jitedBytes).toBeGreaterThan(0);
});

test('an iterator program returns all it wrote', () => {
  const threads = loadSample().readIterator('list_tasks');
  const pids = new Int32Array(threads.buffer, threads.byteOffset, threads.length / 4);
  expect(pids).toContain(process.pid);
});
