import { afterEach, beforeEach, expect, test } from 'vitest';
import { Containers } from '../../../src/discover/containers.ts';
import { ProcFs } from '../../../src/discover/proc-fs.ts';
import { Survey } from '../../../src/discover/survey.ts';
import { ProcTree } from '../../support/proc-tree.ts';
import { rule, rules } from '../../support/rules.ts';
import { until } from '../../support/until.ts';

const agentPid = 77;
let tree: ProcTree;
let survey: Survey;
const instrumented = new Set<number>();

beforeEach(() => {
  tree = new ProcTree({ agentPid });
  instrumented.clear();
  survey = new Survey({
    rules: rules([rule('survey', { exePath: '*/shop' }), rule('ports', { openPorts: '8080' })]),
    proc: new ProcFs(tree.root),
    host: { name: 'host', resource: {}, defaultResource: {} },
    containers: new Containers([]),
    intervalMs: 10,
    isInstrumented: (pid) => instrumented.has(pid),
  });
});

afterEach(async () => {
  await survey.stop();
  tree.close();
});

const found = () => [...survey.services()].map(({ pid, name }) => `${pid} ${name}`).toSorted();

test('lists what matches, with its children, and nothing else', async () => {
  tree.add({ pid: 10, exe: '/opt/shop', env: { OTEL_SERVICE_NAME: 'cart' } });
  tree.add({ pid: 11, exe: '/opt/worker', parent: 10 });
  tree.add({ pid: 12, exe: '/opt/other', ports: [8080] });
  tree.add({ pid: 13, exe: '/opt/other', ports: [8081] });
  await survey.start();
  expect(found()).toEqual(['10 cart', '11 worker', '12 other']);
});

test('leaves out who is instrumented, while it is', async () => {
  tree.add({ pid: 10, exe: '/opt/shop' });
  instrumented.add(10);
  await survey.start();
  expect(found()).toEqual([]);
  instrumented.clear();
  expect(found()).toEqual(['10 shop']);
});

test('finds who comes later, and forgets at once who is gone or has become another', async () => {
  await survey.start();
  tree.add({ pid: 10, exe: '/opt/shop', startTicks: 5000 });
  expect(await until(() => found().length === 1)).toBe(true);
  await survey.stop();
  tree.add({ pid: 10, exe: '/opt/shop', startTicks: 6000 });
  expect(found()).toEqual([]);
});

test('never lists the agent', async () => {
  tree.add({ pid: agentPid, exe: '/opt/shop' });
  await survey.start();
  expect(found()).toEqual([]);
});
