import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Host } from '../../../src/discover/host.ts';
import { identify, type KnownNames, merged } from '../../../src/discover/identify.ts';
import { ProcFs } from '../../../src/discover/proc-fs.ts';
import { readProcess } from '../../../src/discover/process.ts';
import type { Overrides } from '../../../src/discover/rules.ts';
import { type FakeProcess, ProcTree } from '../../support/proc-tree.ts';
import { rule } from '../../support/rules.ts';

const host: Host = {
  name: 'node-1.example',
  resource: { 'host.name': 'node-1.example', 'os.type': 'linux' },
  defaultResource: {},
};

let tree: ProcTree;

beforeEach(() => {
  tree = new ProcTree();
});

afterEach(() => tree.close());

interface Case {
  readonly process?: Omit<FakeProcess, 'pid'>;
  readonly overrides?: readonly Overrides[];
  readonly known?: KnownNames;
  readonly host?: Partial<Host>;
}

function serviceOf({ process: options = {}, overrides = [], known, host: changed }: Case) {
  tree.add({ pid: 5, exe: '/opt/shop/server', ...options });
  const process = readProcess(new ProcFs(tree.root), 5);
  if (process === undefined) throw new Error('no such process');
  const rules = overrides.map((one, i) => rule(`${i}`, {}, one));
  return identify(process, rules, { ...host, ...changed }, 'go', known);
}

const env = {
  OTEL_SERVICE_NAME: 'own',
  OTEL_RESOURCE_ATTRIBUTES: 'service.name=attribute,service.namespace=own-space',
};
const overrides = [{ name: 'entry', namespace: 'entry-space' }];
const known = { name: 'label', namespace: 'label-space' };

describe('the name is the first of', () => {
  test.each([
    ['own', { process: { env }, overrides, known }],
    ['attribute', { process: { env: { ...env, OTEL_SERVICE_NAME: '$(NAME)' } }, overrides, known }],
    ['entry', { overrides, known }],
    ['label', { known }],
    ['server', {}],
    ['comm', { process: { exe: '', name: 'comm' } }],
  ])('%s', (name, options: Case) => {
    const isUnreadable = options.process?.exe === '';
    const { exe: _, ...process } = options.process ?? {};
    if (isUnreadable) {
      tree.add({ pid: 5, ...process });
      const read = readProcess(new ProcFs(tree.root), 5);
      expect(read && identify(read, [], host, 'generic').name).toBe(name);
    } else expect(serviceOf(options).name).toBe(name);
  });
});

describe('the namespace is the first of', () => {
  test.each([
    ['own-space', { process: { env }, overrides, known }],
    ['entry-space', { overrides, known }],
    ['label-space', { known }],
    ['', {}],
  ])('"%s"', (namespace, options: Case) => {
    expect(serviceOf(options).namespace).toBe(namespace);
  });
});

test('the instance is the host and the pid', () => {
  expect(serviceOf({}).instanceId).toBe('node-1.example:5');
});

test('the resource has the attributes of the process, the container and the host, and no identity twice', () => {
  const id = 'a1'.repeat(32);
  const process = {
    cgroup: `0::/docker/${id}\n`,
    env: { OTEL_RESOURCE_ATTRIBUTES: 'team=a,service.name=x,service.instance.id=y,host.name=z' },
  };
  expect(serviceOf({ process }).resource).toEqual({
    team: 'a',
    'container.id': id,
    'host.name': 'node-1.example',
    'os.type': 'linux',
  });
});

test("a process that says nothing has the agent's own attributes", () => {
  const defaultResource = { 'deployment.environment': 'test', 'service.namespace': 'all' };
  const silent = serviceOf({ host: { defaultResource } });
  expect(silent.resource).toMatchObject({ 'deployment.environment': 'test' });
  expect(silent.namespace).toBe('all');
  const speaking = serviceOf({ process: { env: { OTEL_RESOURCE_ATTRIBUTES: 'a=b' } }, host: { defaultResource } });
  expect(speaking.resource).not.toHaveProperty('deployment.environment');
});

describe('exports', () => {
  test.each([
    ['absent', {}, { metrics: true, traces: true }],
    ['empty', { exports: [] }, { metrics: false, traces: false }],
    ['one', { exports: ['traces'] }, { metrics: false, traces: true }],
  ])('%s', (_, one, expected) => {
    expect(serviceOf({ overrides: [one] }).exports).toEqual(expected);
  });
});

test('the sampler and the features of an entry are those of the service', () => {
  const own = { sampler: { name: 'always_off', arg: '' }, features: ['application_span'] };
  expect(serviceOf({ overrides: [own] })).toMatchObject(own);
  expect(serviceOf({ overrides: [{}] })).not.toHaveProperty('features');
});

test('of several entries the later wins key by key, and the last alone says which features', () => {
  const first = { name: 'a', namespace: 'n', exports: ['metrics'], features: ['application'] };
  const routes = { incoming: ['/x'], outgoing: [] };
  expect(merged([rule('0', {}, first), rule('1', {}, { name: 'b', routes })])).toEqual({
    name: 'b',
    namespace: 'n',
    exports: ['metrics'],
    routes,
  });
});
