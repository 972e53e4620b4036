import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { namesOf } from '../../../src/discover/container-names.ts';
import { createDiscovery, type Discovery } from '../../../src/discover/discovery.ts';
import { DockerContainers } from '../../../src/discover/docker.ts';
import { ProcFs } from '../../../src/discover/proc-fs.ts';
import { FakeKernel } from '../../support/fake-kernel.ts';
import { ProcTree } from '../../support/proc-tree.ts';
import { rule, rules } from '../../support/rules.ts';
import { until } from '../../support/until.ts';

const early = 'a1'.repeat(32);
const late = 'b2'.repeat(32);
const labels = { 'com.docker.compose.service': 'web', 'com.docker.compose.project': 'shop' };

let folder: string;
let server: Server | undefined;
let asked: string[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'docker-'));
  asked = [];
});

afterEach(async () => {
  await new Promise<unknown>((resolve) => (server === undefined ? resolve(undefined) : server.close(resolve)));
  server = undefined;
  rmSync(folder, { recursive: true });
});

/** An engine that runs `early` when asked for a list, and knows `late` when asked for it. */
async function engine(): Promise<string> {
  const answers: Record<string, unknown> = {
    '/containers/json': [{ Id: early, Names: ['/shop-web-1'], Image: 'shop:1', Labels: labels }],
    [`/containers/${late}/json`]: { Name: '/lone', Config: { Image: 'lone:2', Labels: null } },
  };
  const socket = join(folder, 'docker.sock');
  server = createServer(({ url = '' }, response) => {
    asked.push(url);
    response.statusCode = url in answers ? 200 : 404;
    response.end(JSON.stringify(answers[url] ?? { message: 'no such container' }));
  });
  await new Promise<void>((resolve) => server?.listen(socket, resolve));
  return `unix://${socket}`;
}

test('what runs at the start is known at once', async () => {
  const containers = new DockerContainers(await engine());
  await containers.start(() => {});
  expect(containers.of(early)).toEqual({ name: 'shop-web-1', image: 'shop:1', labels });
  expect(asked).toEqual(['/containers/json']);
});

test('what comes later is asked for once, and told when it is known', async () => {
  const containers = new DockerContainers(await engine());
  const known: string[] = [];
  await containers.start((id) => known.push(id));
  expect(containers.of(late)).toBeUndefined();
  expect(containers.of(late)).toBeUndefined();
  await until(() => known.includes(late));
  expect(containers.of(late)).toEqual({ name: 'lone', image: 'lone:2', labels: {} });
  expect(asked.filter((url) => url.includes(late))).toHaveLength(1);
});

test('a container of another engine is not asked for again', async () => {
  const containers = new DockerContainers(await engine());
  await containers.start(() => {});
  containers.of('c3'.repeat(32));
  await until(() => asked.length === 2);
  await until(() => containers.of('c3'.repeat(32)) === undefined);
  expect(asked).toHaveLength(2);
});

test.each([
  ['nobody listens', () => `unix://${join(folder, 'none.sock')}`],
  ['the address is of an unknown kind', () => 'npipe:////./pipe/docker'],
])('when %s there are no names, and nothing is asked', async (_, host) => {
  const containers = new DockerContainers(host());
  await containers.start(() => {});
  expect(containers.of(early)).toBeUndefined();
});

describe('names', () => {
  test('of a service of Compose', () => {
    expect(namesOf({ name: 'shop-web-1', image: 'shop:1', labels })).toEqual({
      name: 'web',
      namespace: 'shop',
      resource: { 'container.name': 'shop-web-1', 'container.image.name': 'shop:1' },
    });
  });

  test('of a lone container are attributes only', () => {
    const resource = { 'container.name': 'lone', 'container.image.name': 'x' };
    expect(namesOf({ name: 'lone', image: 'x', labels: {} })).toEqual({ resource });
    expect(namesOf(undefined)).toEqual({});
  });
});

describe('discovery', () => {
  let tree: ProcTree;
  let discovery: Discovery;

  beforeEach(() => {
    tree = new ProcTree();
  });

  afterEach(async () => {
    await discovery.stop();
    tree.close();
  });

  async function discover(criteria: Parameters<typeof rule>[1]): Promise<string[]> {
    const told: string[] = [];
    const kernel = new FakeKernel();
    discovery = createDiscovery({
      rules: rules([rule('test', criteria)]),
      proc: new ProcFs(tree.root),
      host: { name: 'host', resource: {}, defaultResource: {} },
      targets: kernel,
      events: kernel,
      containers: new DockerContainers(await engine()),
      onSelected: ({ service }) => told.push(`+${service.namespace}/${service.name}`),
      onChanged: ({ service }) => told.push(`~${service.name} ${service.resource['container.name']}`),
      onGone: () => {},
    });
    await discovery.start();
    return told;
  }

  test('names a process by its service of Compose', async () => {
    tree.add({ pid: 10, exe: '/app', ports: [80], cgroup: `0::/docker/${early}\n` });
    expect(await discover({ openPorts: '80' })).toEqual(['+shop/web']);
  });

  test('tells when the container becomes known after the process', async () => {
    tree.add({ pid: 10, exe: '/app', ports: [80], cgroup: `0::/docker/${late}\n` });
    const told = await discover({ openPorts: '80' });
    await until(() => told.length > 1);
    expect(told).toEqual(['+/app', '~app lone']);
  });

  test('selects by the name of the container, also when that becomes known later', async () => {
    tree.add({ pid: 10, exe: '/one', cgroup: `0::/docker/${early}\n` });
    tree.add({ pid: 11, exe: '/two', cgroup: `0::/docker/${late}\n` });
    const told = await discover({ metadata: { container_name: '{shop-*,lone}' } });
    await until(() => told.length > 1);
    expect(told).toEqual(['+shop/web', '+/two']);
  });
});
