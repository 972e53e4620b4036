import { afterEach, describe, expect, test } from 'vitest';
import { type Check, run } from '../../../src/doctor/check.ts';
import type { Finding } from '../../../src/doctor/finding.ts';
import type { Host } from '../../../src/doctor/host.ts';
import { checks } from '../../../src/doctor/list.ts';
import { HostTree, mounts, status, tpBtf } from '../../support/host-tree.ts';

const trees: HostTree[] = [];

afterEach(() => {
  for (const tree of trees.splice(0)) tree.close();
});

type Files = Readonly<Record<string, string | undefined>>;

function look(name: string, files: Files, host: Partial<Host> = {}, pidNamespace?: number): Finding {
  const tree = new HostTree(files, pidNamespace);
  trees.push(tree);
  return run(checks.find((check) => check.name === name) as Check, tree.host(host));
}

const all = 0x1ffffffffffn;
const without = (...bits: number[]) => bits.reduce((set, bit) => set & ~(1n << BigInt(bit)), all);
const noMounts = mounts(['proc', '/proc']);
const syscalls = { ...tpBtf, backend: 'syscalls', attempts: [{ name: 'syscalls', is: 'taken' as const }] };

test.each(checks.map(({ name }) => name))('%s is well on a healthy host', (name) => {
  expect(look(name, {})).toMatchObject({ check: name, level: 'ok' });
});

test.each(checks.map(({ name }) => name))('%s finds words when there is no file at all', (name) => {
  const tree = new HostTree();
  tree.close();
  const { says } = run(checks.find((check) => check.name === name) as Check, tree.host({ capture: undefined }));
  expect(says).not.toBe('');
  expect(says).not.toContain('could not be looked at');
});

describe('kernel', () => {
  test.each([
    ['5.7.19', 'broken'],
    ['5.8.0', 'ok'],
    ['4.18.0-553.el8_10.x86_64', 'note'],
    ['4.18.0-generic', 'broken'],
    ['10.0.1', 'ok'],
  ])('%s is %s', (release, level) => {
    expect(look('kernel', { '/proc/sys/kernel/osrelease': `${release}\n` }).level).toBe(level);
  });

  test('an architecture without programs is said', () => {
    expect(look('architecture', {}, { architecture: 'riscv64' })).toMatchObject({ level: 'broken', fix: /aarch64/ });
  });

  test('without BTF nothing works, and the fix names the option of the build', () => {
    const found = look('BTF', { '/sys/kernel/btf/vmlinux': undefined });
    expect(found).toMatchObject({ level: 'broken', says: expect.stringContaining('ENOENT') });
    expect(found.fix).toContain('CONFIG_DEBUG_INFO_BTF=y');
  });

  test.each([
    ['none [integrity] confidentiality', 'ok'],
    ['none integrity [confidentiality]', 'broken'],
    ['', 'ok'],
  ])('lockdown %j is %s', (text, level) => {
    expect(look('lockdown', { '/sys/kernel/security/lockdown': text }).level).toBe(level);
  });
});

describe('capabilities', () => {
  const says = (uid: number, set: bigint, files: Files = {}) =>
    look('capabilities', { '/proc/self/status': status(uid, set), ...files });

  test('what is missing is named with what it is for, and the fix adds it', () => {
    const found = says(0, without(39, 38, 21));
    expect(found).toMatchObject({ level: 'broken', check: 'capabilities' });
    expect(found.says).toContain('CAP_BPF (load programs and maps), CAP_PERFMON');
    expect(found.fix).toContain('--cap-add BPF --cap-add PERFMON');
    expect(found.says).not.toContain('CAP_SYS_PTRACE');
  });

  test('CAP_SYS_ADMIN stands for loading programs, not for looking into other processes', () => {
    expect(says(0, without(39, 38, 40)).level).toBe('ok');
    expect(says(0, without(19)).level).toBe('degraded');
  });

  test('another user than root is told to run as root', () => {
    const found = says(65534, 0n);
    expect(found.says).toContain('not root (uid 65534)');
    expect(found.fix).toMatch(/^run as root \(sudo\)/);
  });

  test('another user with the capabilities is well', () => {
    expect(says(65534, all).level).toBe('ok');
  });

  test('before 5.11 the memory of maps needs one more', () => {
    const old = { '/proc/sys/kernel/osrelease': '5.10.0\n' };
    expect(says(0, without(24), old)).toMatchObject({ level: 'broken', says: expect.stringContaining('SYS_RESOURCE') });
    expect(says(0, without(24)).level).toBe('ok');
  });

  test('those of a user namespace do not count', () => {
    expect(says(0, all, { '/proc/self/uid_map': '0 1000 1\n' })).toMatchObject({
      level: 'broken',
      says: expect.stringContaining('user namespace'),
    });
  });

  test('those of a running agent count, not those of who asks', () => {
    const found = look('capabilities', { '/proc/77/status': status(0, without(39, 21)) }, { subject: 77 });
    expect(found).toMatchObject({ level: 'broken', says: expect.stringContaining('CAP_BPF') });
  });
});

describe('mounts', () => {
  const none = { '/proc/self/mountinfo': noMounts, '/sys/kernel/tracing/available_tracers': undefined };

  test('tracefs is missed where the backend needs it, and noted where it does not', () => {
    expect(look('tracefs', none, { capture: syscalls })).toMatchObject({
      level: 'degraded',
      fix: expect.stringContaining('mount -t tracefs none /sys/kernel/tracing'),
    });
    expect(look('tracefs', none).level).toBe('note');
    expect(look('tracefs', none, { capture: undefined }).level).toBe('degraded');
  });

  test('bpffs is noted with its mount command', () => {
    expect(look('bpffs', none)).toMatchObject({ level: 'note', fix: 'mount -t bpf none /sys/fs/bpf' });
  });

  test.each([
    ['v1 only', mounts(['cgroup', '/sys/fs/cgroup/memory', 'rw,memory']), 'note'],
    ['hybrid', mounts(['cgroup', '/sys/fs/cgroup/memory'], ['cgroup2', '/sys/fs/cgroup/unified']), 'ok'],
    ['v2', mounts(['cgroup2', '/sys/fs/cgroup']), 'ok'],
    ['none is mounted', noMounts, 'note'],
  ])('cgroup: %s', (says, mountinfo, level) => {
    const found = look('cgroup', { '/proc/self/mountinfo': mountinfo });
    expect(found).toMatchObject({ level, says: expect.stringContaining(says) });
    if (level === 'note') expect(found.fix).toContain('mount -t cgroup2');
  });
});

describe('limits', () => {
  test('a pid namespace of a container is noted with the ways out of it', () => {
    const found = look('pid namespace', {}, {}, 4026532001);
    expect(found).toMatchObject({ level: 'note', fix: expect.stringContaining('--pid=host') });
  });

  test.each([
    ['a v2 group', { '/proc/self/cgroup': '0::/box\n', '/sys/fs/cgroup/box/memory.max': '67108864\n' }, 'degraded'],
    ['the root of a v2 container', { '/sys/fs/cgroup/memory.max': '67108864\n' }, 'degraded'],
    ['a v2 group without one', { '/sys/fs/cgroup/memory.max': 'max\n' }, 'ok'],
    [
      'a v1 group',
      { '/proc/self/cgroup': '5:memory:/box\n0::/\n', '/sys/fs/cgroup/memory/box/memory.limit_in_bytes': '67108864' },
      'degraded',
    ],
    [
      'a v1 group without one',
      { '/proc/self/cgroup': '5:memory:/\n', '/sys/fs/cgroup/memory/memory.limit_in_bytes': '9223372036854771712\n' },
      'ok',
    ],
    ['a roomy group', { '/sys/fs/cgroup/memory.max': '536870912\n' }, 'ok'],
    ['locked memory before 5.11', { '/proc/sys/kernel/osrelease': '5.10.1\n' }, 'degraded'],
  ] as const)('memory limit of %s', (_, files: Files, level) => {
    expect(look('memory', files).level).toBe(level);
  });

  test('perf_event_paranoid matters without CAP_SYS_ADMIN, and only to who opens events', () => {
    const files = { '/proc/sys/kernel/perf_event_paranoid': '3\n', '/proc/self/status': status(0, without(21)) };
    expect(look('perf events', files, { capture: syscalls })).toMatchObject({
      level: 'degraded',
      fix: expect.stringContaining('sysctl kernel.perf_event_paranoid=2'),
    });
    expect(look('perf events', files).level).toBe('ok');
    const admin = { '/proc/sys/kernel/perf_event_paranoid': '3\n' };
    expect(look('perf events', admin, { capture: syscalls }).level).toBe('ok');
  });
});

describe('capture', () => {
  const refused = { name: 'tp_btf', is: 'refused', cause: 'it is old', fix: 'renew it', detail: 'EINVAL' } as const;

  test('the last resort is degraded, with why the better ones were refused', () => {
    const attempts = [refused, { name: 'syscalls', is: 'taken' as const }];
    const found = look('capture', {}, { capture: { ...syscalls, attempts } });
    expect(found).toMatchObject({
      level: 'degraded',
      fix: 'renew it',
      says: expect.stringContaining('tp_btf: it is old'),
    });
  });

  test('the last resort by choice is degraded, too', () => {
    const found = look('capture', {}, { capture: { ...syscalls, wanted: 'syscalls' } });
    expect(found).toMatchObject({ level: 'degraded', fix: 'set ebpf.capture_backend to auto' });
  });

  test('what sees packets only says what is missing with them', () => {
    const attempts = [refused, { name: 'cgroup_skb', is: 'taken' as const }];
    const found = look('capture', {}, { capture: { ...tpBtf, backend: 'cgroup_skb', attempts } });
    expect(found).toMatchObject({
      level: 'degraded',
      fix: 'renew it',
      says: expect.stringMatching(/TLS.*tp_btf: it is old/),
    });
  });

  test('none at all is broken, and says why', () => {
    const capture = { ...tpBtf, backend: undefined, attempts: [refused] };
    expect(look('capture', {}, { capture })).toMatchObject({
      level: 'broken',
      says: 'no backend works: it is old',
      fix: 'renew it',
    });
  });
});

test('a check that fails is a finding itself', () => {
  const broken: Check = {
    name: 'odd',
    look: () => {
      throw new Error('a bug');
    },
  };
  const tree = new HostTree();
  trees.push(tree);
  expect(run(broken, tree.host())).toEqual({ check: 'odd', level: 'degraded', says: 'could not be looked at: a bug' });
});
