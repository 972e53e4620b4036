import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createDiscovery, type Discovery } from '../../../src/discover/discovery.ts';
import { ProcFs } from '../../../src/discover/proc-fs.ts';
import type { Rule, RuleSet } from '../../../src/discover/rules.ts';
import { writeElf } from '../../support/elf-file.ts';
import { FakeKernel } from '../../support/fake-kernel.ts';
import { ProcTree } from '../../support/proc-tree.ts';
import { rule, rules } from '../../support/rules.ts';
import { until } from '../../support/until.ts';

const agentPid = 77;
const byPort = rule('port', { openPorts: '8080' });
const byExe = rule('exe', { exePath: '*/shop' });

let tree: ProcTree;
let kernel: FakeKernel;
let discovery: Discovery | undefined;
/** What was told, as `+pid name`, `~pid name`, `-pid name`. */
let told: string[];

beforeEach(() => {
  tree = new ProcTree({ agentPid });
  kernel = new FakeKernel();
  told = [];
});

afterEach(async () => {
  await discovery?.stop();
  tree.close();
});

async function discover(
  set: RuleSet | readonly Rule[],
  options: { polls?: 'instead' | 'besides' } = {},
): Promise<Discovery> {
  discovery = createDiscovery({
    rules: 'include' in set ? set : rules(set),
    proc: new ProcFs(tree.root),
    host: { name: 'host', resource: {}, defaultResource: {} },
    targets: kernel,
    ...(options.polls !== undefined && { pollIntervalMs: 10 }),
    ...(options.polls !== 'instead' && { events: kernel }),
    onSelected: ({ service }) => told.push(`+${service.pid} ${service.name}`),
    onChanged: ({ service }) => told.push(`~${service.pid} ${service.name}`),
    onGone: ({ service }) => told.push(`-${service.pid} ${service.name}`),
  });
  await discovery.start();
  return discovery;
}

const targets = () => [...kernel.targets].toSorted((a, b) => a - b);

describe('what was there before the agent', () => {
  test('is selected by port and by executable; a twin that does not match is left alone', async () => {
    tree.add({ pid: 10, exe: '/opt/a/shop' });
    tree.add({ pid: 11, exe: '/opt/a/other', ports: [8080] });
    tree.add({ pid: 12, exe: '/opt/a/other', ports: [8081] });
    await discover([byPort, byExe]);
    expect(told.toSorted()).toEqual(['+10 shop', '+11 other']);
    expect(targets()).toEqual([10, 11]);
  });

  test('is selected with its children, and theirs', async () => {
    tree.add({ pid: 10, exe: '/opt/shop' });
    tree.add({ pid: 9, parent: 10, exe: '/opt/worker' });
    tree.add({ pid: 8, parent: 9, exe: '/opt/helper' });
    await discover([byExe]);
    expect(told).toEqual(['+10 shop', '+9 worker', '+8 helper']);
  });

  test('is known by its host pid where the agent sees other numbers', async () => {
    tree.add({ pid: 10, exe: '/opt/shop' });
    kernel.pids = new Map([
      [1, 4001],
      [10, 4010],
    ]);
    const { find } = bound(await discover([byExe]));
    expect(targets()).toEqual([4010]);
    expect(find(4010)?.service.pid).toBe(10);
    expect(find(10)).toBeUndefined();
  });

  test('is not selected when the agent started it', async () => {
    tree.add({ pid: 10, parent: agentPid, exe: '/bin/sh' });
    tree.add({ pid: 11, parent: 10, exe: '/opt/shop' });
    await discover([rule('all', { exePath: '*' })]);
    expect(told).toEqual(['+1 init']);
    expect(targets()).toEqual([1]);
  });
});

describe('a process that begins to listen', () => {
  test('is selected at once', async () => {
    await discover([byPort]);
    tree.add({ pid: 10, exe: '/opt/a' });
    tree.listen(10, 8080);
    kernel.tell({ kind: 'listen', pid: 10, port: 8080 });
    expect(told).toEqual(['+10 a']);
    expect(targets()).toEqual([10]);
  });

  test('is selected by the port that was told, even before the proc file system shows it', async () => {
    await discover([byPort]);
    tree.add({ pid: 10, exe: '/opt/a' });
    kernel.tell({ kind: 'listen', pid: 10, port: 8080 });
    expect(told).toEqual(['+10 a']);
  });

  test('is taken out of the kernel when another criterion fails', async () => {
    await discover([rule('both', { openPorts: '8080', exePath: '*/shop' })]);
    tree.add({ pid: 10, exe: '/opt/a', ports: [8080] });
    kernel.tell({ kind: 'listen', pid: 10, port: 8080 });
    expect(told).toEqual([]);
    expect(targets()).toEqual([]);
  });

  test('is dropped when the port is an excluded one', async () => {
    await discover(rules([byExe], [rule('no', { openPorts: '9090' })]));
    tree.add({ pid: 10, exe: '/opt/shop' });
    kernel.tell({ kind: 'exec', pid: 10 }, { kind: 'listen', pid: 10, port: 9090 });
    expect(told).toEqual(['+10 shop', '-10 shop']);
    expect(targets()).toEqual([]);
  });

  test('and has ended before anybody looked still owns its records', async () => {
    const { find } = bound(await discover([byPort]));
    kernel.tell({ kind: 'listen', pid: 10, port: 8080, name: 'brief' }, { kind: 'exit', pid: 10 });
    expect(told).toEqual(['+10 brief', '-10 brief']);
    expect(find(10)?.service).toMatchObject({ name: 'brief', executable: 'unknown' });
    expect(targets()).toEqual([]);
  });

  test('on a second port of another entry gets that entry, too', async () => {
    await discover([byPort, rule('second', { openPorts: '9090' }, { name: 'renamed' })]);
    tree.add({ pid: 10, exe: '/opt/a' });
    kernel.tell({ kind: 'listen', pid: 10, port: 8080 }, { kind: 'listen', pid: 10, port: 9090 });
    expect(told).toEqual(['+10 a', '~10 renamed']);
  });
});

describe('a process that executes something', () => {
  test('is selected by its executable', async () => {
    await discover([byExe]);
    tree.add({ pid: 10, exe: '/opt/shop' });
    kernel.tell({ kind: 'exec', pid: 10 });
    expect(told).toEqual(['+10 shop']);
  });

  test('over itself begins a new life', async () => {
    tree.add({ pid: 10, exe: '/opt/shop' });
    await discover([byExe]);
    kernel.tell({ kind: 'exec', pid: 10 });
    expect(told).toEqual(['+10 shop', '-10 shop', '+10 shop']);
    expect(targets()).toEqual([10]);
  });

  test('else is dropped when that does not match', async () => {
    tree.add({ pid: 10, exe: '/opt/shop' });
    await discover([byExe]);
    tree.add({ pid: 10, exe: '/bin/sleep' });
    kernel.tell({ kind: 'exec', pid: 10 });
    expect(told).toEqual(['+10 shop', '-10 shop']);
    expect(targets()).toEqual([]);
  });

  test('as a child of a selected one stays selected, under its own name', async () => {
    tree.add({ pid: 10, exe: '/opt/shop' });
    await discover([byExe]);
    kernel.tell({ kind: 'fork', pid: 11, parent: 10 });
    tree.add({ pid: 11, parent: 10, exe: '/opt/helper' });
    kernel.tell({ kind: 'exec', pid: 11, parent: 10 });
    expect(told).toEqual(['+10 shop', '+11 shop', '-11 shop', '+11 helper']);
    expect(targets()).toEqual([10, 11]);
  });

  test('keeps the port that it was handed', async () => {
    tree.add({ pid: 10, exe: '/bin/parent' });
    const inode = tree.listen(10, 8080);
    await discover([rule('handed', { openPorts: '8080', exePath: '*/server' })]);
    tree.add({ pid: 11, parent: 10, exe: '/opt/server', sockets: [inode] });
    kernel.tell({ kind: 'exec', pid: 11, parent: 10 });
    expect(told).toEqual(['+11 server']);
  });

  test('that has gone meanwhile is forgotten', async () => {
    await discover([byExe]);
    kernel.tell({ kind: 'exec', pid: 10 });
    expect(told).toEqual([]);
    expect(targets()).toEqual([]);
  });
});

describe('a process that forks', () => {
  test('has workers that are selected without being read', async () => {
    tree.add({ pid: 10, exe: '/opt/shop', ports: [8080] });
    await discover([byPort]);
    for (const pid of [11, 12, 13]) {
      tree.add({ pid, parent: 10 });
      kernel.tell({ kind: 'fork', pid, parent: 10 });
    }
    expect(told).toEqual(['+10 shop', '+11 shop', '+12 shop', '+13 shop']);
    expect(targets()).toEqual([10, 11, 12, 13]);
  });

  test('keeps them when it ends', async () => {
    tree.add({ pid: 10, exe: '/opt/shop', ports: [8080] });
    tree.add({ pid: 11, parent: 10, exe: '/opt/shop' });
    await discover([byPort]);
    tree.remove(10);
    kernel.tell({ kind: 'exit', pid: 10 });
    expect(told).toEqual(['+10 shop', '+11 shop', '-10 shop']);
    expect(targets()).toEqual([11]);
  });

  test('before it listens has them selected with it, and what they started', async () => {
    await discover([byPort]);
    tree.add({ pid: 10, exe: '/opt/shop' });
    tree.add({ pid: 11, parent: 10, exe: '/opt/worker' });
    tree.add({ pid: 12, parent: 11, exe: '/opt/helper' });
    kernel.tell({ kind: 'listen', pid: 10, port: 8080 });
    expect(told).toEqual(['+10 shop', '+11 worker', '+12 helper']);
    expect(targets()).toEqual([10, 11, 12]);
  });

  test('has none when it was adopted and refused', async () => {
    await discover([rule('both', { openPorts: '8080', exePath: '*/shop' })]);
    tree.add({ pid: 10, exe: '/opt/a', ports: [8080] });
    tree.add({ pid: 11, parent: 10, exe: '/opt/a' });
    kernel.tell({ kind: 'listen', pid: 10, port: 8080 }, { kind: 'fork', pid: 11, parent: 10 });
    expect(told).toEqual([]);
    expect(targets()).toEqual([]);
  });
});

describe('a port that is held for others', () => {
  test('selects what the holder starts, once that has become somebody', async () => {
    tree.add({ pid: 2, exe: '/usr/lib/systemd/systemd' });
    const inode = tree.listen(2, 8080);
    await discover([byPort]);
    expect(told).toEqual([]);
    expect([...kernel.holders]).toEqual([2]);
    tree.add({ pid: 10, parent: 2, exe: '/usr/lib/systemd/systemd', sockets: [inode] });
    kernel.tell({ kind: 'fork', pid: 10, parent: 2 });
    expect(targets()).toEqual([10]);
    tree.add({ pid: 10, parent: 2, exe: '/opt/shop', sockets: [inode] });
    kernel.tell({ kind: 'exec', pid: 10, parent: 2 });
    expect(told).toEqual(['+10 shop']);
  });

  test('does not select what was not handed the port', async () => {
    tree.add({ pid: 2, exe: '/usr/lib/systemd/systemd', ports: [8080] });
    await discover([byPort]);
    tree.add({ pid: 10, parent: 2, exe: '/opt/other' });
    kernel.tell({ kind: 'fork', pid: 10, parent: 2 }, { kind: 'exec', pid: 10, parent: 2 });
    expect(told).toEqual([]);
    expect(targets()).toEqual([]);
  });
});

describe('what was started before its parent listened', () => {
  test('is selected with it, once', async () => {
    await discover([byPort]);
    tree.add({ pid: 10, exe: '/opt/shop', ports: [8080] });
    tree.add({ pid: 11, parent: 10, exe: '/opt/shop' });
    kernel.tell({ kind: 'listen', pid: 10, port: 8080 }, { kind: 'child', pid: 11, parent: 10 });
    expect(told).toEqual(['+10 shop', '+11 shop']);
    expect(targets()).toEqual([10, 11]);
  });

  test('is let go when its parent only holds the port', async () => {
    await discover([byPort]);
    tree.add({ pid: 2, exe: '/usr/lib/systemd/systemd', ports: [8080] });
    tree.add({ pid: 11, parent: 2, exe: '/opt/other' });
    kernel.tell({ kind: 'listen', pid: 2, port: 8080 }, { kind: 'child', pid: 11, parent: 2 });
    expect(told).toEqual([]);
    expect(targets()).toEqual([]);
  });
});

describe('a pid', () => {
  test('that another process has by now is another process', async () => {
    tree.add({ pid: 10, exe: '/opt/shop', startTicks: 100 });
    await discover([byExe]);
    tree.add({ pid: 10, exe: '/opt/shop', startTicks: 200 });
    kernel.tell({ kind: 'exec', pid: 10, startTicks: 200 });
    expect(told).toEqual(['+10 shop', '-10 shop', '+10 shop']);
    kernel.tell({ kind: 'exit', pid: 10, startTicks: 100 });
    expect(told).toHaveLength(3);
  });

  test('that the agent cannot see is none of its business', async () => {
    await discover([byPort]);
    kernel.tell({ kind: 'listen', pid: 0, hostPid: 4010, port: 8080 });
    expect(targets()).toEqual([]);
  });
});

test('a process that ends while its executable is read stays ended', async () => {
  await discover([byPort]);
  const exe = join(tree.root, 'sh');
  writeElf(exe, [{ name: '.strtab', bytes: Buffer.alloc(2 << 20) }]);
  tree.add({ pid: 10, exe, maps: [] });
  kernel.tell({ kind: 'listen', pid: 10, port: 8080 });
  kernel.tell({ kind: 'exit', pid: 10 });
  // The same executable, so that its reading is over when this one has its language.
  tree.add({ pid: 11, exe, maps: ['/usr/lib/libstdc++.so.6'] });
  kernel.tell({ kind: 'listen', pid: 11, port: 8080 });
  await until(() => told.includes('~11 sh'));
  expect(told).toEqual(['+10 sh', '-10 sh', '+11 sh', '~11 sh']);
});

test('a service can be left uncaptured for a while; its processes are known all the same', async () => {
  tree.add({ pid: 10, exe: '/opt/shop' });
  tree.add({ pid: 20, exe: '/opt/other', ports: [8080] });
  const found = await discover([byExe, byPort]);
  const shop = found.selected().find(({ process: { pid } }) => pid === 10)?.service;
  if (shop === undefined) throw new Error('not selected');
  found.capture(shop, 'nothing');
  expect(targets()).toEqual([20]);
  expect([...kernel.holders]).toEqual([10]);
  tree.add({ pid: 11, parent: 10, exe: '/opt/shop' });
  kernel.tell({ kind: 'fork', pid: 11, parent: 10 });
  expect(targets()).toEqual([20]);
  found.capture(shop, 'plain text');
  expect([targets(), [...kernel.unprobed]]).toEqual([
    [10, 11, 20],
    [10, 11],
  ]);
  tree.add({ pid: 12, parent: 10, exe: '/opt/shop' });
  kernel.tell({ kind: 'fork', pid: 12, parent: 10 });
  expect([...kernel.unprobed]).toEqual([10, 11, 12]);
  found.capture(shop, 'all');
  expect([targets(), [...kernel.unprobed]]).toEqual([[10, 11, 12, 20], []]);
  kernel.tell({ kind: 'exit', pid: 12 });
  kernel.tell({ kind: 'exit', pid: 11 });
  expect(told.slice(-4)).toEqual(['+11 shop', '+12 shop', '-12 shop', '-11 shop']);
});

describe('a process that exports telemetry itself', () => {
  const exportsOf = (of: Discovery) =>
    of.selected().map(({ service: { exports, exportsOwnMetrics } }) => ({ ...exports, exportsOwnMetrics }));

  test('is left the signal that it was seen exporting, which is told once', async () => {
    tree.add({ pid: 10, exe: '/opt/shop' });
    const found = await discover([byExe]);
    expect(found.exportsItself(10, 'traces')).toBe(true);
    expect(found.exportsItself(10, 'traces')).toBe(false);
    expect(exportsOf(found)).toEqual([{ metrics: true, traces: false, exportsOwnMetrics: undefined }]);
    expect(found.exportsItself(10, 'metrics')).toBe(true);
    expect(exportsOf(found)).toEqual([{ metrics: true, traces: false, exportsOwnMetrics: true }]);
    expect(told).toEqual(['+10 shop', '~10 shop', '~10 shop']);
  });

  test('is reported again when it executes something else', async () => {
    tree.add({ pid: 10, exe: '/opt/shop' });
    const found = await discover([byExe]);
    found.exportsItself(10, 'traces');
    kernel.tell({ kind: 'exec', pid: 10 });
    expect(exportsOf(found)).toEqual([{ metrics: true, traces: true, exportsOwnMetrics: undefined }]);
  });

  test('is known by the port that only one signal goes to', async () => {
    const env = { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://tempo:9317' };
    tree.add({ pid: 10, exe: '/opt/shop', env });
    const found = await discover([byExe]);
    expect([9317, 4317, 80].map((port) => found.signalSentTo(10, port, 4317))).toEqual([
      'traces',
      'metrics',
      undefined,
    ]);
    expect(found.signalSentTo(11, 9317, 4317)).toBe(undefined);
  });

  test('that is not selected is none of our business', async () => {
    expect((await discover([byExe])).exportsItself(10, 'traces')).toBe(false);
  });
});

test('twenty restarts are twenty processes', async () => {
  await discover([byPort]);
  for (let i = 0; i < 20; i++) {
    tree.add({ pid: 100 + i, exe: '/opt/shop', ports: [8080] });
    kernel.tell({ kind: 'listen', pid: 100 + i, port: 8080 });
    tree.remove(100 + i);
    kernel.tell({ kind: 'exit', pid: 100 + i });
  }
  expect(told).toEqual(Array.from({ length: 20 }, (_, i) => [`+${100 + i} shop`, `-${100 + i} shop`]).flat());
  expect(targets()).toEqual([]);
});

describe('other rules', () => {
  test('drop what no longer matches and find what does now', async () => {
    tree.add({ pid: 10, exe: '/opt/shop' });
    tree.add({ pid: 11, exe: '/opt/other', ports: [8080] });
    const { reselect } = bound(await discover([byExe]));
    await reselect(rules([byPort]));
    expect(told).toEqual(['+10 shop', '-10 shop', '+11 other']);
    expect(targets()).toEqual([11]);
  });

  test('that say the same leave everything as it is', async () => {
    tree.add({ pid: 10, exe: '/opt/shop' });
    const { reselect } = bound(await discover([byExe]));
    await reselect(rules([rule('exe', { exePath: '*/shop' })]));
    expect(told).toEqual(['+10 shop']);
  });

  test('may give another name', async () => {
    tree.add({ pid: 10, exe: '/opt/shop' });
    const { reselect } = bound(await discover([byExe]));
    await reselect(rules([rule('exe', { exePath: '*/shop' }, { name: 'renamed' })]));
    expect(told).toEqual(['+10 shop', '~10 renamed']);
  });

  test('keep an orphan as long as the rule that brought it is among them', async () => {
    tree.add({ pid: 10, exe: '/opt/shop' });
    tree.add({ pid: 11, parent: 10, exe: '/opt/helper' });
    const { reselect } = bound(await discover([byExe]));
    tree.remove(10);
    tree.add({ pid: 11, parent: 1, exe: '/opt/helper' });
    kernel.tell({ kind: 'exit', pid: 10 });
    await reselect(rules([byExe, byPort]));
    expect(targets()).toEqual([11]);
    await reselect(rules([byPort]));
    expect(told).toEqual(['+10 shop', '+11 helper', '-10 shop', '-11 helper']);
    expect(targets()).toEqual([]);
  });

  test('find ports that were of no interest before', async () => {
    tree.add({ pid: 10, exe: '/opt/shop', ports: [8080] });
    const { reselect } = bound(await discover([byPort]));
    tree.listen(10, 9090);
    await reselect(rules([rule('other', { openPorts: '9090' })]));
    expect(targets()).toEqual([10]);
  });
});

describe('lost events', () => {
  test('are made up for by reading the table of processes', async () => {
    tree.add({ pid: 10, exe: '/opt/shop' });
    await discover([byExe]);
    tree.remove(10);
    tree.add({ pid: 11, exe: '/opt/shop' });
    kernel.targets.add(12);
    tree.add({ pid: 12, exe: '/opt/other' });
    kernel.lostEvents = 3;
    await until(() => told.includes('-10 shop'));
    expect(told).toEqual(['+10 shop', '+11 shop', '-10 shop']);
    expect(targets()).toEqual([11]);
  });
});

test.each(['instead', 'besides'] as const)(
  'the table of processes is read every interval, %s of events',
  async (polls) => {
    await discover([byPort], { polls });
    tree.add({ pid: 10, exe: '/opt/shop', ports: [8080] });
    await until(() => told.length === 1);
    tree.remove(10);
    await until(() => told.length === 2);
    expect(told).toEqual(['+10 shop', '-10 shop']);
  },
);

describe('a rule about languages', () => {
  const byLanguage = rule('language', { languages: 'python' });

  test('is decided when the executable has been read', async () => {
    await discover([rule('language', { languages: 'generic', exePath: '/opt/*' })]);
    tree.add({ pid: 10, exe: '/opt/shop' });
    kernel.tell({ kind: 'exec', pid: 10 });
    expect(targets()).toEqual([10]);
    await until(() => told.length === 1);
    expect(told).toEqual(['+10 shop']);
  });

  test('takes what does not match out of the kernel', async () => {
    await discover([byLanguage]);
    tree.add({ pid: 10, exe: '/opt/shop' });
    kernel.tell({ kind: 'exec', pid: 10 });
    await until(() => kernel.targets.size === 0);
    expect(told).toEqual([]);
  });

  test('is asked again when the process listens: by then its libraries are there', async () => {
    await discover([byLanguage]);
    tree.add({ pid: 10, exe: '/opt/shop' });
    kernel.tell({ kind: 'exec', pid: 10 });
    await until(() => kernel.targets.size === 0);
    tree.add({ pid: 10, exe: '/opt/shop', maps: ['/opt/shop', '/usr/lib/libpython3.11.so.1.0'] });
    kernel.tell({ kind: 'listen', pid: 10, port: 5000 });
    expect(told).toEqual(['+10 shop']);
  });

  test('is asked again a little later for those that never listen', async () => {
    await discover([byLanguage]);
    tree.add({ pid: 10, exe: '/opt/shop' });
    kernel.tell({ kind: 'exec', pid: 10 });
    await until(() => kernel.targets.size === 0);
    tree.add({ pid: 10, exe: '/opt/shop', maps: ['/opt/shop', '/usr/lib/libpython3.11.so.1.0'] });
    await until(() => told.length === 1);
    expect(targets()).toEqual([10]);
  });

  test('follows a process whose runtime is mapped later', async () => {
    await discover([rule('language', { languages: '{generic,java}', exePath: '/opt/shop' })]);
    tree.add({ pid: 10, exe: '/opt/shop' });
    kernel.tell({ kind: 'exec', pid: 10 });
    await until(() => told.length === 1);
    tree.add({ pid: 10, exe: '/opt/shop', maps: ['/opt/shop', '/usr/lib/jvm/libjvm.so'] });
    await until(() => told.length === 2);
    expect(told).toEqual(['+10 shop', '~10 shop']);
    expect(discovery?.find(10)?.service.language).toBe('java');
  });
});

/** Methods that can be taken apart from their object. */
function bound(of: Discovery) {
  return { find: of.find.bind(of), reselect: of.reselect.bind(of) };
}
