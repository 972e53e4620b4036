import { execFileSync } from 'node:child_process';
import { GenericContainer, type StartedTestContainer, Wait } from 'testcontainers';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { product } from '../../src/telemetry/product.ts';
import { AgentContainer, buildAgentImage, docker, images, localOnly } from '../support/docker.ts';
import { freePorts } from '../support/free-ports.ts';
import type { Child } from '../support/processes.ts';
import { neededCapabilities, sampleServer } from '../support/programs.ts';
import { startSampleServer } from '../support/sample-server.ts';
import { until } from '../support/until.ts';

const maxMegabytes = 220;
const maxReadyMs = 2000;
let host: Child;
let port = 0;
let printed = '';
const readyMs: number[] = [];
const started: StartedTestContainer[] = [];

beforeAll(async () => {
  printed = buildAgentImage();
  [port = 0] = await freePorts(1);
  host = await startSampleServer(port);
});

afterEach(async () => {
  for (const container of started.splice(0)) await container.stop();
});

afterAll(async () => {
  await host?.stop();
});

async function start<T extends GenericContainer>(container: T): Promise<StartedTestContainer> {
  const one = await container.start();
  started.push(one);
  return one;
}

function agent(image: string, env: Readonly<Record<string, string>> = {}): AgentContainer {
  return new AgentContainer(image, { BEYLA_OPEN_PORT: String(port), ...env });
}

/** A request is answered and told. */
async function sees(container: AgentContainer, path: string, toPort = port): Promise<string> {
  readyMs.push(Number(/ ms=(\d+)/.exec(await container.line(/msg=ready/))?.[1]));
  await container.line(/msg="instrumenting process"/);
  expect((await fetch(`http://127.0.0.1:${toPort}${path}?status=418`)).status).toBe(418);
  return container.line(new RegExp(` 418 GET ${path}`));
}

test('the image is small', () => {
  console.log(printed);
  const sizes = [...printed.matchAll(/: (\d+) MB/g)].map(([, megabytes]) => Number(megabytes));
  expect(sizes).toHaveLength(2);
  for (const megabytes of sizes) expect(megabytes).toBeLessThanOrEqual(maxMegabytes);
});

describe('with all privileges', () => {
  test('it tells requests to a process on the host', async () => {
    const container = agent(images.agent).withPrivilegedMode();
    await start(container);
    await sees(container, '/on-the-host');
  });

  test.each(['bridge', 'host'])(
    'it tells requests to a process in another container, on the %s network',
    async (mode) => {
      const server = await start(
        new GenericContainer('debian:trixie-slim')
          .withPullPolicy(localOnly)
          .withCopyFilesToContainer([{ source: sampleServer(), target: '/server', mode: 0o755 }])
          .withCommand(['/server', '-port', '8077'])
          .withExposedPorts(8077)
          .withWaitStrategy(Wait.forListeningPorts()),
      );
      const container = agent(images.agent, { BEYLA_OPEN_PORT: '8077' }).withPrivilegedMode().withNetworkMode(mode);
      await start(container);
      await sees(container, `/in-a-container-${mode}`, server.getMappedPort(8077));
    },
  );

  test('metrics can be read from a published port', async () => {
    const container = agent(images.agent, { BEYLA_PROMETHEUS_PORT: '8999' })
      .withPrivilegedMode()
      .withExposedPorts(8999)
      .withWaitStrategy(Wait.forHttp('/metrics', 8999));
    const running = await start(container);
    await sees(container, '/counted');
    const page = await (await fetch(`http://127.0.0.1:${running.getMappedPort(8999)}/metrics`)).text();
    expect(page).toMatch(/http_server_request_duration_seconds_count\{.*http_response_status_code="418".*\} 1/);
  });
});

describe('with the documented capabilities and a read-only root', () => {
  test.each([
    ['root', images.agent],
    ['another user', images.nonRoot],
  ])('it does the same as %s, and is healthy', async (_, image) => {
    const container = agent(image).withOnly(neededCapabilities);
    const running = await start(container);
    await sees(container, '/with-little');
    const { output } = await running.exec(['/beyla', 'doctor']);
    expect(output).toMatch(/ok +capabilities/);
    expect(output).not.toContain('FAIL');
    await until(() => docker('inspect', '-f', '{{.State.Health.Status}}', running.getId()).trim() === 'healthy', {
      withinMs: 40_000,
      what: 'Docker to find the agent healthy',
    });
  });

  test.each(neededCapabilities)('doctor names %s when it is missing', async (missing) => {
    const left = neededCapabilities.filter((name) => name !== missing);
    const args = ['--cap-drop=ALL', ...left.map((name) => `--cap-add=${name}`), '--read-only', '--pid=host'];
    const json = docker(
      'run',
      '--rm',
      ...args,
      '--entrypoint=/bin/sh',
      images.agent,
      '-c',
      '/beyla doctor -json; true',
    );
    const { findings } = JSON.parse(json) as { findings: { check: string; says: string; fix?: string }[] };
    const finding = findings.find(({ check }) => check === 'capabilities');
    expect(finding?.says).toContain(`CAP_${missing} `);
    expect(finding?.fix).toContain(`--cap-add ${missing};`);
  });
});

test('the agent is ready soon after the start of its container', () => {
  // Of all that were started here, since others may work on this machine.
  expect(Math.min(...readyMs)).toBeLessThanOrEqual(maxReadyMs);
});

test('without an agent, health says so', () => {
  expect(() => docker('run', '--rm', images.agent, 'health')).toThrow(expect.objectContaining({ status: 1 }));
});

describe('the image', () => {
  /** A shell command that gets the whole file system as a tar. */
  const tarOf = (command: string): string => {
    const id = docker('create', images.agent).trim();
    try {
      return execFileSync('sh', ['-c', `docker export ${id} | ${command}`], { encoding: 'utf8', maxBuffer: 64 << 20 });
    } finally {
      docker('rm', id);
    }
  };

  test('holds no compiler, no package manager, and of programs only two', () => {
    const files = tarOf('tar -tv').split('\n');
    const programs = files
      .filter((line) => /^-..x.* (usr\/)?(s?bin|opt\/.*\/bin)\//.test(line))
      .map((line) => line.split(' ').at(-1));
    expect(programs.sort()).toEqual(['opt/beyla/bin/beyla', 'opt/beyla/build/node/bin/node', 'usr/bin/dash']);
    expect(files.filter((line) => /\b(node_modules|npm|clang|cc1|apt|dpkg-deb)\b/.test(line))).toEqual([]);
  });

  test('says what is inside and under which licences', () => {
    const bill = JSON.parse(tarOf('tar -xO usr/share/doc/beyla/sbom.cdx.json'));
    expect(bill).toMatchObject({ bomFormat: 'CycloneDX', specVersion: '1.6' });
    const names: string[] = bill.components.map(({ name }: { name: string }) => name);
    expect(names).toEqual(
      expect.arrayContaining(['node', 'openssl', 'libbpf', 'libc6', 'libelf1t64', 'convict', 'yaml']),
    );
    for (const { version, purl } of bill.components) expect(decodeURIComponent(purl)).toContain(version);
    const files = tarOf('tar -t').split('\n');
    const debian = bill.components.filter(({ purl }: { purl: string }) => purl.startsWith('pkg:deb/'));
    // Of one source, a package's folder may be a link to another's.
    for (const { name } of debian) {
      expect(files.some((file) => [`usr/share/doc/${name}/copyright`, `usr/share/doc/${name}`].includes(file))).toBe(
        true,
      );
    }
    const bundled = bill.components.filter(({ purl }: { purl: string }) => purl.startsWith('pkg:npm/'));
    for (const { name } of bundled) expect(files).toContain(`usr/share/doc/beyla/licenses/${name.replace('/', '__')}`);
    expect(files).toEqual(expect.arrayContaining(['usr/share/doc/beyla/LICENSE', 'usr/share/doc/beyla/licenses/node']));
  });

  test('has labels that tell what it is, and the commit that it was built from', () => {
    const labels = JSON.parse(docker('inspect', '-f', '{{json .Config.Labels}}', images.agent));
    expect(labels).toMatchObject({
      'org.opencontainers.image.title': 'Beyla in TypeScript',
      'org.opencontainers.image.licenses': 'Apache-2.0',
      'org.opencontainers.image.version': product.version,
      'org.opencontainers.image.revision': expect.stringMatching(/^[0-9a-f]{40}$/),
    });
  });
});
