import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Containerd } from '../../src/discover/containerd.ts';
import { Cri } from '../../src/discover/cri.ts';
import { Agent } from '../support/agent.ts';
import { image, PrivateContainerd } from '../support/containerd.ts';
import { freePorts } from '../support/free-ports.ts';
import { load } from '../support/load.ts';
import { samplesOf } from '../support/prometheus-text.ts';
import { accepts } from '../support/sample-server.ts';
import { until } from '../support/until.ts';

let started: { stop(): Promise<unknown> }[] = [];
let engine: PrivateContainerd;
let ports: number[];

beforeEach(async () => {
  engine = await PrivateContainerd.start();
  started.push(engine);
  ports = await freePorts(2);
});

afterEach(async () => {
  for (const one of started.reverse()) await one.stop();
  started = [];
});

const serving = (port: number) => ['httpd', '-f', '-p', `127.0.0.1:${port}`];

test('containers of nerdctl and of Kubernetes have their names, those that run already and those that come', async () => {
  const [early = 0, late = 0] = ports;
  const labels = {
    'nerdctl/name': 'shop-web-1',
    'com.docker.compose.service': 'web',
    'com.docker.compose.project': 'shop',
  };
  const id = randomBytes(32).toString('hex');
  await engine.run(id, labels, serving(early));
  const env = {
    BEYLA_OPEN_PORT: `${ports}`,
    CONTAINERD_ADDRESS: engine.socket,
    DOCKER_HOST: 'unix:///nowhere',
    BEYLA_PROMETHEUS_EXTRA_RESOURCE_ATTRIBUTES: 'container.name',
  };
  const agent = await Agent.start({ ports: [], env });
  started.push(agent);
  const pod = await engine.runPod('basket', serving(late));
  for (const port of ports) {
    await until(() => accepts(port));
    await load({ port, requests: 1, connections: 1, path: '/nothing' });
  }
  await agent.spansWhere(({ path }) => path === '/nothing', 2);
  const counted = samplesOf(await agent.metrics(), 'http_server_request_duration_seconds_count');
  expect(counted.map(({ labels }) => labels['job'])).toEqual(expect.arrayContaining(['shop/web', 'busybox']));
  expect((await new Containerd(engine.socket).inspect(id))?.name).toBe('shop-web-1');
  expect(await new Cri(engine.socket).inspect(pod.id)).toMatchObject({ name: 'basket', image });
  expect((await new Containerd(engine.socket).inspect(pod.id))?.name).toBe('basket');
  expect(await new Containerd(engine.socket).inspect('f'.repeat(64))).toBeUndefined();
});
