import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ProcFs } from '../../../src/discover/proc-fs.ts';
import { type Process, readProcess } from '../../../src/discover/process.ts';
import { judge, type Metadata, type Surroundings } from '../../../src/discover/select.ts';
import type { Language } from '../../../src/span/service.ts';
import { type FakeProcess, hostNetwork, ProcTree } from '../../support/proc-tree.ts';
import { rule, rules } from '../../support/rules.ts';

const agentPid = 77;
let tree: ProcTree;

beforeEach(() => {
  tree = new ProcTree({ agentPid });
});

afterEach(() => tree.close());

function processOf(options: Partial<FakeProcess>): Process {
  tree.add({ pid: 5, exe: '/opt/shop/server', ...options });
  const process = readProcess(new ProcFs(tree.root), options.pid ?? 5);
  if (process === undefined) throw new Error('no such process');
  return process;
}

function around(options: { language?: Language; metadata?: Metadata; seesHostPids?: boolean } = {}): Surroundings {
  return {
    isOwn: ({ pid }) => pid === agentPid,
    netNamespace: hostNetwork,
    seesHostPids: options.seesHostPids ?? true,
    language: () => options.language,
    metadata: () => options.metadata ?? {},
  };
}

describe('one criterion', () => {
  test.each([
    ['a port that it listens on', { openPorts: '80,8000-8999' }, { ports: [22, 8080] }],
    ['its path', { exePath: '/opt/*/server' }, {}],
    ['its arguments', { cmdArgs: '--port 80*' }, { command: ['server', '--port', '8080'] }],
    ['its pid', { targetPids: [{ from: 4, to: 6 }] }, {}],
    [
      'another network namespace and a port',
      { containersOnly: true as const, openPorts: '80' },
      { ports: [80], netNamespace: 4026532001 },
    ],
  ])('%s matches', (_, criteria, process) => {
    expect(judge(rules([rule('a', criteria)]), processOf(process), around())).toMatchObject({
      is: 'selected',
      reason: 'a',
    });
  });

  test.each([
    ['another port', { openPorts: '80' }, { ports: [8080] }, 'a: open_ports 80 has none of 8080'],
    ['no port', { openPorts: '80' }, {}, 'a: open_ports 80 but it listens on none'],
    ['a part of its path', { exePath: '/opt/shop' }, {}, 'a: exe_path /opt/shop is not /opt/shop/server'],
    [
      'the first word of its command',
      { cmdArgs: 'server*' },
      { command: ['server', 'x'] },
      'a: cmd_args server* is not "x"',
    ],
    ['another pid', { targetPids: [{ from: 6, to: 6 }] }, {}, 'a: target_pids lacks 5'],
    [
      "the agent's network",
      { containersOnly: true as const, openPorts: '80' },
      { ports: [80] },
      "a: containers_only: it shares the agent's network",
    ],
    [
      'containers_only alone',
      { containersOnly: true as const },
      { netNamespace: 4026532001 },
      'a: containers_only needs another criterion beside it',
    ],
    ['metadata that nobody has', { metadata: { k8s_namespace: '*' } }, {}, 'a: k8s_namespace * but it is not known'],
  ])('%s does not', (_, criteria, process, reason) => {
    expect(judge(rules([rule('a', criteria)]), processOf(process), around())).toEqual({ is: 'ignored', reason });
  });

  test('metadata that something knows does', () => {
    const metadata = { container_name: ['shop-web-1'] };
    const set = rules([rule('a', { metadata: { container_name: 'shop-*' } })]);
    expect(judge(set, processOf({}), around({ metadata }))).toMatchObject({ is: 'selected' });
  });

  test('an executable that cannot be read matches as "unknown"', () => {
    tree.add({ pid: 6, name: 'x' });
    const process = readProcess(new ProcFs(tree.root), 6);
    if (process === undefined) throw new Error('no such process');
    expect(judge(rules([rule('a', { exePath: 'unknown' })]), process, around())).toMatchObject({ is: 'selected' });
  });

  test('containers_only holds for everything when the agent sees only the pids of a container', () => {
    const set = rules([rule('a', { containersOnly: true, openPorts: '80' })]);
    expect(judge(set, processOf({ ports: [80] }), around({ seesHostPids: false }))).toMatchObject({ is: 'selected' });
  });
});

describe('languages', () => {
  const set = rules([rule('a', { languages: '{go,java}' })]);

  test('one of them matches', () => {
    expect(judge(set, processOf({}), around({ language: 'java' }))).toMatchObject({ is: 'selected' });
  });

  test('another may still change', () => {
    expect(judge(set, processOf({}), around({ language: 'generic' }))).toEqual({
      is: 'ignored',
      reason: 'a: languages {go,java} is not generic',
      language: 'other',
    });
  });

  test('an unknown one has to be waited for', () => {
    expect(judge(set, processOf({}), around())).toMatchObject({ is: 'ignored', language: 'unknown' });
  });

  test('it is not found out for system programs', () => {
    expect(judge(set, processOf({ exe: '/usr/sbin/daemon' }), around())).toMatchObject({ language: 'other' });
  });

  test('it is not asked for when another criterion fails', () => {
    const both = rules([rule('a', { languages: 'go', exePath: '/other' })]);
    expect(judge(both, processOf({}), around())).toEqual({
      is: 'ignored',
      reason: 'a: exe_path /other is not /opt/shop/server',
    });
  });
});

describe('several entries', () => {
  test('all criteria of an entry have to match', () => {
    const set = rules([rule('a', { exePath: '/opt/*', openPorts: '80' })]);
    expect(judge(set, processOf({ ports: [80] }), around()).is).toBe('selected');
    expect(judge(set, processOf({ ports: [81] }), around()).is).toBe('ignored');
  });

  test('any entry is enough, and all that match are told in their order', () => {
    const set = rules([rule('a', { openPorts: '80' }), rule('b', { exePath: '/no' }), rule('c', { exePath: '*' })]);
    expect(judge(set, processOf({ ports: [80] }), around())).toMatchObject({ is: 'selected', reason: 'a, c' });
  });

  test('without a match every entry says why', () => {
    const set = rules([rule('a', { exePath: '/a' }), rule('b', { targetPids: [{ from: 1, to: 1 }] })]);
    const reason = 'a: exe_path /a is not /opt/shop/server; b: target_pids lacks 5';
    expect(judge(set, processOf({}), around())).toEqual({ is: 'ignored', reason });
  });

  test('without entries nothing is selected', () => {
    expect(judge(rules([]), processOf({}), around())).toEqual({ is: 'ignored', reason: 'nothing is selected' });
  });
});

describe('exclusion', () => {
  test('beats inclusion', () => {
    const set = rules([rule('a', { exePath: '*' })], [rule('no', { exePath: '*server' })]);
    expect(judge(set, processOf({}), around())).toEqual({ is: 'ignored', reason: 'no excludes it' });
  });

  test('holds for children, too', () => {
    const set = rules([], [rule('no', { exePath: '*server' })]);
    const inheritance = { from: 4, rules: [rule('a', { openPorts: '80' })] };
    expect(judge(set, processOf({}), around(), inheritance)).toMatchObject({ is: 'ignored' });
  });
});

test('a child is selected by the rules of its parent, its own after them', () => {
  const inherited = rule('a', { openPorts: '80' });
  const set = rules([inherited, rule('b', { exePath: '/opt/*' })]);
  const verdict = judge(set, processOf({}), around(), { from: 4, rules: [inherited] });
  expect(verdict).toMatchObject({ is: 'selected', reason: 'b, child of 4' });
  expect(verdict.is === 'selected' && verdict.rules.map(({ origin }) => origin)).toEqual(['a', 'b']);
});

test('the agent never selects itself', () => {
  const verdict = judge(rules([rule('a', { exePath: '*' })]), processOf({ pid: agentPid }), around());
  expect(verdict).toEqual({ is: 'ignored', reason: 'it is the agent, or was started by it' });
});

describe('listening on behalf of others', () => {
  test.each(['docker-proxy', 'systemd', 'rootlesskit'])('%s is not the service behind the port', (name) => {
    const verdict = judge(
      rules([rule('a', { openPorts: '80' })]),
      processOf({ exe: `/usr/bin/${name}`, ports: [80] }),
      around(),
    );
    expect(verdict).toMatchObject({ is: 'ignored', holdsPort: true });
  });

  test('unless it is asked for by its path', () => {
    const set = rules([rule('a', { openPorts: '80', exePath: '*proxy' })]);
    expect(judge(set, processOf({ exe: '/usr/bin/docker-proxy', ports: [80] }), around())).toMatchObject({
      is: 'selected',
    });
  });
});
