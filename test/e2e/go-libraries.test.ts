import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Agent } from '../support/agent.ts';
import { freePorts } from '../support/free-ports.ts';
import { load } from '../support/load.ts';
import { Child } from '../support/processes.ts';
import { routersProgram } from '../support/programs.ts';
import { listening } from '../support/sample-server.ts';
import type { SeenSpan } from '../support/seen-span.ts';
import { until } from '../support/until.ts';

const braces = ['/users/{id}', '/api/items/{item}'];
const colons = ['/users/:id', '/api/items/:item'];
const routers: Readonly<Record<string, readonly string[]>> = {
  ...{ servemux: braces, mux: braces, chi: braces },
  ...{ gin: colons, echo: colons },
};
const requests = 500;

describe.each([{}, { BEYLA_SKIP_GO_SPECIFIC_TRACERS: 'true' }])('with %j', (env: Record<string, string>) => {
  const isAsked = Object.keys(env).length === 0;
  const portOf = new Map<string, number>();
  const servers: Child[] = [];
  let agent: Agent;

  beforeAll(async () => {
    for (const name of Object.keys(routers)) {
      const [port = 0] = await freePorts(1);
      const child = new Child(routersProgram(), [name, String(port)], { name });
      servers.push(child);
      portOf.set(name, port);
      await listening(child, port);
    }
    agent = await Agent.start({ ports: [...portOf.values()], env });
    if (isAsked) await until(() => agent.log.some((line) => line.includes('probes are in')));
  }, 300_000); // to build it
  afterAll(async () => {
    await agent?.stop();
    for (const server of servers) await server.stop();
  });

  test.each(Object.entries(routers))('%s: each request has the route that its router found', async (name, wanted) => {
    const port = portOf.get(name) ?? 0;
    const ask = (path: string) => load({ port, requests, connections: 10, path });
    const answers = [await ask('/users/%d'), await ask('/api/items/%d'), await ask('/nowhere')];
    expect(answers.map(({ errors }) => errors)).toEqual([0, 0, 0]);
    const spans = await agent.spansWhere((span) => span.port === port, 3 * requests, 20_000);
    expect(spans).toHaveLength(3 * requests);
    const [users, items] = isAsked ? wanted : ['/users/*', '/api/items/*'];
    expect(countsOf(spans)).toEqual(
      new Map([
        [`/users ${users} 200`, requests],
        [`/api ${items} 200`, requests],
        ['/nowhere /nowhere 404', requests],
      ]),
    );
    for (const { startUs, handlerStartUs, endUs } of spans) {
      expect(handlerStartUs).toBeGreaterThanOrEqual(startUs);
      expect(endUs).toBeGreaterThanOrEqual(handlerStartUs);
    }
  });
});

function countsOf(spans: readonly SeenSpan[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { path, route, status } of spans) {
    const key = `/${path.split('/')[1]} ${route} ${status}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
}
