import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { namesOf } from '../../../src/discover/container-names.ts';
import { Containers } from '../../../src/discover/containers.ts';
import { createDiscovery, type Discovery } from '../../../src/discover/discovery.ts';
import { Docker } from '../../../src/discover/docker.ts';
import { ProcFs } from '../../../src/discover/proc-fs.ts';
import { log } from '../../../src/telemetry/log.ts';
import { type Certificate, makeCertificates } from '../../support/certificates.ts';
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

/** What an engine answers that runs `early` and knows `late` as well. */
function answer(url: string): string | undefined {
  const answers: Record<string, unknown> = {
    '/containers/json': [{ Id: early, Names: ['/shop-web-1'], Image: 'shop:1', Labels: labels }],
    [`/containers/${late}/json`]: { Name: '/lone', Config: { Image: 'lone:2', Labels: null } },
  };
  return url in answers ? JSON.stringify(answers[url]) : undefined;
}

async function engine(): Promise<Docker> {
  const socket = join(folder, 'docker.sock');
  server = createServer(({ url = '' }, response) => {
    asked.push(url);
    const text = answer(url);
    response.statusCode = text === undefined ? 404 : 200;
    response.end(text ?? '{}');
  });
  await new Promise<void>((resolve) => server?.listen(socket, resolve));
  return new Docker({ host: `unix://${socket}` });
}

test('what runs at the start is known at once', async () => {
  const containers = new Containers([await engine()]);
  await containers.start(() => {});
  expect(containers.of(early)).toEqual({ name: 'shop-web-1', image: 'shop:1', labels });
  expect(asked).toEqual(['/containers/json']);
});

test('what comes later is asked for once, and told when it is known', async () => {
  const containers = new Containers([await engine()]);
  const known: string[] = [];
  await containers.start((id) => known.push(id));
  expect(containers.of(late)).toBeUndefined();
  expect(containers.of(late)).toBeUndefined();
  await until(() => known.includes(late));
  expect(containers.of(late)).toEqual({ name: 'lone', image: 'lone:2', labels: {} });
  expect(asked.filter((url) => url.includes(late))).toHaveLength(1);
});

test('a container of another engine is not asked for again', async () => {
  const containers = new Containers([await engine()]);
  await containers.start(() => {});
  containers.of('c3'.repeat(32));
  await until(() => asked.length === 2);
  await until(() => containers.of('c3'.repeat(32)) === undefined);
  expect(asked).toHaveLength(2);
});

test('an engine that starts after the agent is asked for what it runs', async () => {
  const containers = new Containers([new Docker({ host: `unix://${join(folder, 'docker.sock')}` })]);
  const known: string[] = [];
  await containers.start((id) => known.push(id));
  await engine();
  containers.of(late);
  await until(() => known.includes(late));
});

test('the version of the interface is asked for when a variable says it', async () => {
  const { name: host } = await engine();
  await new Docker({ host, apiVersion: '1.41' }).list();
  expect(asked).toEqual(['/v1.41/containers/json']);
});

test('an address of an unknown kind is refused', () => {
  expect(() => new Docker({ host: 'npipe:////./pipe/docker' })).toThrow('DOCKER_HOST is neither');
});

describe('over TLS', () => {
  const certificates = makeCertificates();
  afterAll(() => certificates.remove());

  /** A folder as Docker's client wants it. */
  function folderWith(ca: Certificate): string {
    const path = mkdtempSync(join(folder, 'certificates-'));
    const files = { 'ca.pem': ca.cert, 'cert.pem': certificates.client.cert, 'key.pem': certificates.client.key };
    for (const [name, bytes] of Object.entries(files)) writeFileSync(join(path, name), bytes);
    return path;
  }

  /** Speaks to nobody who has no certificate that it knows. */
  async function secureEngine(): Promise<string> {
    const { cert, key } = certificates.server;
    const options = { cert, key, ca: certificates.ca.cert, requestCert: true };
    const secure = createSecureServer(options, ({ url = '' }, response) => {
      response.end(answer(url));
    });
    server = secure;
    await new Promise<void>((resolve) => secure.listen(0, 'localhost', resolve));
    return `tcp://localhost:${(secure.address() as AddressInfo).port}`;
  }

  test('an engine is asked with the certificates of DOCKER_CERT_PATH, and its own is checked when it shall be', async () => {
    const host = await secureEngine();
    const [right, wrong] = [certificates.ca, certificates.stranger].map(folderWith);
    const docker = new Docker({ host, certPath: right ?? '', verifies: true });
    expect([...(await docker.list()).keys()]).toEqual([early]);
    const mistrusting = new Docker({ host, certPath: wrong ?? '', verifies: true });
    await expect(mistrusting.list()).rejects.toThrow(/self-signed|unable to verify/);
    const trusting = new Docker({ host, certPath: wrong ?? '' });
    expect([...(await trusting.list()).keys()]).toEqual([early]);
  });

  test('certificates that are missing are told', () => {
    const options = { host: 'tcp://localhost:2376', certPath: join(folder, 'none'), verifies: true };
    expect(() => new Docker(options)).toThrow('certificates for DOCKER_HOST cannot be read');
  });
});

test('an engine that is not there is not complained of, one that makes no sense is', async () => {
  const warn = vi.spyOn(log, 'warn').mockImplementation(() => {});
  const broken = { name: 'broken', list: () => Promise.reject(new Error('nonsense')), inspect: async () => undefined };
  const containers = new Containers([new Docker({ host: `unix://${folder}/none.sock` }), broken, await engine()]);
  await containers.start(() => {});
  expect(containers.of(early)?.name).toBe('shop-web-1');
  expect(warn.mock.calls.map(([, fields]) => fields?.['engine'])).toEqual(['broken']);
  warn.mockRestore();
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
      containers: new Containers([await engine()]),
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
