import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Agent } from '../support/agent.ts';
import { freePorts } from '../support/free-ports.ts';
import { Child } from '../support/processes.ts';
import { root } from '../support/programs.ts';
import { startSampleServer } from '../support/sample-server.ts';
import { until } from '../support/until.ts';

const beyla = join(root, 'bin/beyla');
let port = 0;
let server: Child;

beforeAll(async () => {
  [port = 0] = await freePorts(1);
  server = await startSampleServer(port);
});

afterAll(() => server.stop());

async function visit(paths: readonly string[]): Promise<void> {
  for (const path of paths) await (await fetch(`http://127.0.0.1:${port}${path}`)).text();
}

interface View {
  readonly direction: string;
  readonly route: string;
  readonly paths: number;
}

function routesIn(child: Child): View[] {
  const views = JSON.parse(child.lines.join('\n')) as View[];
  return views.map(({ direction, route, paths }) => ({ direction, route, paths }));
}

test('a running agent tells which paths became which routes', async () => {
  const agent = await Agent.start({ ports: [port] });
  await agent.instruments(server.pid);
  await visit(['/preview/1', '/preview/2', '/preview/seen']);
  await until(() => agent.spans.filter(({ path }) => path.startsWith('/preview/')).length === 3);
  const asked = new Child(beyla, ['routes', 'preview', '-json']);
  expect(await asked.end()).toBe(0);
  expect(routesIn(asked)).toEqual(
    expect.arrayContaining([
      { direction: 'incoming', route: '/preview/*', paths: 2 },
      { direction: 'incoming', route: '/preview/seen', paths: 1 },
    ]),
  );
  await agent.stop();
});

test('without one, the command watches for a while itself', async () => {
  // where no other agent has its socket
  const alone = `mount -t tmpfs none /run && exec ${beyla} routes preview -json -seconds 4`;
  const child = new Child('unshare', ['-m', 'sh', '-c', alone], { env: { BEYLA_OPEN_PORT: String(port) } });
  await until(() => child.errors.some((line) => line.includes('watching for 4 s')));
  await visit(Array.from({ length: 12 }, (_, i) => `/alone/${i}`));
  expect(await child.end()).toBe(0);
  expect(routesIn(child)).toContainEqual({ direction: 'incoming', route: '/alone/*', paths: 12 });
});
