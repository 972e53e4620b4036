import { afterEach, beforeEach, expect, test } from 'vitest';
import { examine } from '../../../src/discover/examine.ts';
import { ProcFs } from '../../../src/discover/proc-fs.ts';
import { ProcTree } from '../../support/proc-tree.ts';
import { rule, rules } from '../../support/rules.ts';

let tree: ProcTree;

beforeEach(() => {
  tree = new ProcTree({ agentPid: 77 });
});

afterEach(() => tree.close());

test('the agent and what it starts are told as such where a rule matches them', async () => {
  tree.add({ pid: 10, parent: 77, exe: '/bin/sh' });
  tree.add({ pid: 11, parent: 10, exe: '/opt/shop' });
  const rows = await examine({ proc: new ProcFs(tree.root), rules: rules([rule('all', { exePath: '*' })]) });
  const selected = rows.filter(({ verdict }) => verdict.is === 'selected').map(({ pid }) => pid);
  expect(selected).toEqual([1]);
  const reasons = rows.filter(({ pid }) => pid !== 1).map(({ verdict }) => verdict.reason);
  expect(new Set(reasons)).toEqual(new Set(['it is the agent, or was started by it']));
});

test('every process is told, with what becomes of it and why', async () => {
  tree.add({
    pid: 10,
    exe: '/opt/shop',
    command: ['shop', '-v'],
    ports: [9000, 8080],
    maps: ['/usr/lib/jvm/libjvm.so'],
  });
  tree.add({ pid: 11, parent: 10, exe: '/opt/helper' });
  tree.add({ pid: 12, exe: '/opt/other', maps: ['/usr/bin/python3.11'] });
  const set = rules([rule('port', { openPorts: '8080' }), rule('language', { languages: 'ruby' })]);
  const rows = await examine({ proc: new ProcFs(tree.root), rules: set });
  const told = rows.map(({ pid, language, verdict }) => [pid, language, verdict.is, verdict.reason]);
  expect(Object.fromEntries(told.map(([pid, ...rest]) => [pid, rest]))).toEqual({
    1: ['generic', 'ignored', 'port: open_ports 8080 but it listens on none; language: languages ruby is not generic'],
    10: ['java', 'selected', 'port'],
    11: ['generic', 'selected', 'child of 10'],
    12: ['python', 'ignored', 'port: open_ports 8080 but it listens on none; language: languages ruby is not python'],
    77: ['nodejs', 'ignored', 'port: open_ports 8080 but it listens on none; language: languages ruby is not nodejs'],
  });
  expect(rows.find(({ pid }) => pid === 10)).toMatchObject({
    exe: '/opt/shop',
    command: 'shop -v',
    ports: [8080, 9000],
  });
});
