import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ProcFs } from '../../../src/discover/proc-fs.ts';
import type { ProcessState } from '../../../src/doctor/agent-state.ts';
import { processFindings, rowsOf } from '../../../src/doctor/processes.ts';
import { render } from '../../../src/doctor/render.ts';
import { type Report, verdictOf } from '../../../src/doctor/report.ts';
import { intended } from '../../../src/doctor/selection.ts';
import { tlsLibraries } from '../../../src/doctor/tls.ts';
import { type KernelAccess, tryCapture } from '../../../src/doctor/trial.ts';
import type { Addon } from '../../../src/kernel/addon.ts';
import type { Trial } from '../../../src/kernel/trial.ts';
import { tpBtf } from '../../support/host-tree.ts';
import { ProcTree } from '../../support/proc-tree.ts';

let tree: ProcTree;

beforeEach(() => {
  tree = new ProcTree();
});
afterEach(() => tree.close());

function process(changes: Partial<ProcessState> = {}): ProcessState {
  const common = { pid: 10, name: 'shop', exe: '/opt/shop', command: 'shop', ports: [80], containerId: '' };
  return { ...common, is: 'selected', why: 'open_port', attached: 'TCP tp_btf', requests: 2, lastMs: 1000, ...changes };
}

const agent = (losses: { part: 'kernel' | 'export'; reason: string; count: number }[] = []) => ({
  schema: 1 as const,
  pid: 77,
  version: '1',
  revision: 'r',
  startedMs: 0,
  proc: '',
  capture: tpBtf,
  counts: {},
  losses,
  processes: [],
});

describe('the verdict', () => {
  const finding = (level: 'ok' | 'note' | 'degraded' | 'broken') => ({ check: 'x', level, says: '' });

  test.each([
    [[], 0, 'healthy'],
    [[finding('ok'), finding('note')], 0, 'healthy'],
    [[finding('degraded'), finding('ok')], 1, 'degraded'],
    [[finding('degraded'), finding('broken')], 2, 'cannot work'],
  ])('is that of the worst finding', (findings, exitCode, verdict) => {
    expect(verdictOf(findings)).toEqual({ exitCode, verdict });
  });
});

describe('rows', () => {
  test('selected ones come first, with the TLS libraries that they have mapped', () => {
    tree.add({ pid: 10, exe: '/opt/shop', maps: ['/opt/shop', '/usr/lib/libssl.so.3'] });
    const rows = rowsOf([process({ pid: 5, is: 'ignored' }), process()], new ProcFs(tree.root), agent());
    expect(rows.map(({ pid, tls, lost, agent: of }) => [pid, tls, lost, of])).toEqual([
      [10, ['libssl'], '0', 77],
      [5, [], undefined, 77],
    ]);
  });

  test('a loss may be of any process, and one of an exporter of none', () => {
    const losses = [{ part: 'kernel' as const, reason: 'ring_full', count: 3 }];
    const of = (all: typeof losses) => rowsOf([process()], new ProcFs(tree.root), agent(all))[0]?.lost;
    expect(of(losses)).toBe('≤3');
    expect(
      rowsOf([process()], new ProcFs(tree.root), agent([{ part: 'export', reason: 'x', count: 3 }]))[0]?.lost,
    ).toBe('0');
  });

  test('nothing selected, and something selected that the kernel does not capture, is told', () => {
    const rows = rowsOf([process({ is: 'ignored', why: 'no' })], new ProcFs(tree.root));
    expect(processFindings(rows, 'p')).toMatchObject([{ level: 'degraded', says: 'none of 1 processes is selected' }]);
    const { attached: _, ...unattached } = process();
    const found = processFindings(rowsOf([unattached], new ProcFs(tree.root), agent()), 'p');
    expect(found.map(({ level }) => level)).toEqual(['ok', 'degraded']);
  });
});

test.each([
  ['/usr/lib/libssl.so.3', undefined, ['libssl']],
  ['/usr/lib/libssl3.so', undefined, ['NSS']],
  ['/usr/lib/libgnutls.so.30.37.1', undefined, ['gnutls']],
  ['/usr/bin/node', 'nodejs', ['static: node']],
  ['/opt/shop', 'go', ['static: Go']],
  ['/usr/lib/jvm/libjvm.so', 'java', ['JSSE: Java']],
  ['/opt/shop', undefined, []],
  ['/opt/shop', 'rust', ['static: rustls']],
  ['/usr/lib/libssl.so.3', 'rust', ['libssl', 'static: rustls']],
] as const)('a process that has mapped %s (%s)', (file, language, libraries) => {
  expect(tlsLibraries(`7f00-7f01 r-xp 00000000 fd:01 1    ${file}\n`, language, () => true)).toEqual(libraries);
});

describe('the trial', () => {
  const refused = (name: string): Trial => ({ name, is: 'refused', cause: 'c', fix: 'f', detail: 'd' });
  const taken = (name: string): Trial => ({ name, is: 'taken' });
  const kernel = (...trials: Trial[]): KernelAccess => ({ loadAddon: () => ({}) as Addon, tryObjects: () => trials });

  test('chooses the first that works, or the one that is forced', () => {
    const access = kernel(taken('process'), refused('tp_btf'), taken('fentry'), taken('syscalls'));
    expect(tryCapture(access, 'auto')?.backend).toBe('fentry');
    expect(tryCapture(access, 'syscalls')?.backend).toBe('syscalls');
    expect(tryCapture(access, 'tp_btf')?.backend).toBeUndefined();
  });

  test('chooses none when processes cannot be watched, and tells of it first', () => {
    const facts = tryCapture(kernel(refused('process'), taken('tp_btf')), 'auto');
    expect(facts?.backend).toBeUndefined();
    expect(facts?.attempts[0]?.name).toBe('process');
  });

  test('an addon that cannot be loaded is no error', () => {
    const loadAddon = () => {
      throw new Error('libelf.so.1: cannot open shared object file');
    };
    expect(tryCapture({ loadAddon, tryObjects: () => [] }, 'auto')).toBeUndefined();
  });
});

describe('the configuration', () => {
  const readFile = (path: string): string => {
    throw Object.assign(new Error(`ENOENT: ${path}`), { code: 'ENOENT' });
  };

  test('none given is no mistake', () => {
    expect(intended({ path: '', env: {}, readFile })).toMatchObject({
      finding: { level: 'note' },
      rules: { include: [] },
    });
  });

  test('one that is refused is told with what is wrong', () => {
    const { finding } = intended({ path: '', env: { BEYLA_OPEN_PORT: 'http' }, readFile });
    expect(finding).toMatchObject({ level: 'broken', says: expect.stringContaining('BEYLA_OPEN_PORT') });
  });

  test('a file that is not there is told', () => {
    expect(intended({ path: '/none.yml', env: {}, readFile }).finding).toMatchObject({
      level: 'broken',
      says: expect.stringContaining('/none.yml'),
    });
  });

  test('one that is accepted gives its rules', () => {
    const env = { BEYLA_OPEN_PORT: '80', BEYLA_TRACE_PRINTER: 'text', BEYLA_BPF_CAPTURE_BACKEND: 'syscalls' };
    const plan = intended({ path: '', env, readFile });
    expect(plan).toMatchObject({ finding: { level: 'ok' }, backend: 'syscalls' });
    expect(plan.rules.include).toHaveLength(1);
  });
});

test('the page for people is at most 100 columns wide and has every finding, fix and process', () => {
  const long = 'a word '.repeat(40);
  const findings = [
    { check: 'kernel', level: 'ok' as const, says: 'Linux' },
    { check: 'capabilities', level: 'broken' as const, says: long, fix: `${'x'.repeat(150)} done` },
  ];
  const attempts = [
    { name: 'tp_btf', is: 'refused' as const, cause: long, fix: 'f', detail: 'd' },
    { name: 'fentry', is: 'refused' as const, cause: long, fix: 'f', detail: 'd' },
    { name: 'syscalls', is: 'taken' as const },
  ];
  const capture = { ...tpBtf, backend: 'syscalls', attempts };
  const states = [process({ name: 'n'.repeat(40), why: long }), process({ pid: 4194304, is: 'ignored', why: long })];
  const report: Report = {
    schema: 1,
    version: '1',
    ...verdictOf(findings),
    findings,
    capture,
    agents: [77],
    processes: rowsOf(states, new ProcFs(tree.root), agent()),
  };
  const lines = render(report, 61_000).split('\n');
  expect(lines.filter((line) => [...line].length > 100)).toEqual([]);
  const text = lines.join('\n');
  for (const part of [
    'beyla doctor: cannot work',
    'FAIL capabilities',
    'fix:',
    'done',
    'for the same reason',
    '4194304',
    '1m ago',
    'selected by agent 77: 1',
  ]) {
    expect(text).toContain(part);
  }
});
