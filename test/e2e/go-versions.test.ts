import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Agent } from '../support/agent.ts';
import type { Exchange } from '../support/dialogue.ts';
import { freePorts } from '../support/free-ports.ts';
import { type GoKind, goKinds, goPeer, goVersions } from '../support/go-versions.ts';
import { ownCertificate, plannedExchanges } from '../support/https.ts';
import { Child } from '../support/processes.ts';
import { listening } from '../support/sample-server.ts';
import type { SeenSpan } from '../support/seen-span.ts';

const requests = 50;
const protocols = ['http', 'https', 'h2'] as const;
const noParent = '0'.repeat(16);

describe.each(goVersions)('Go %s', (version) => {
  const peers = new Map<GoKind, { readonly child: Child; readonly ports: readonly number[] }>();
  const hasPatterns = Number(version.split('.')[1]) >= 22;
  let agent: Agent;

  beforeAll(async () => {
    const { certificate, key } = ownCertificate();
    for (const kind of Object.keys(goKinds) as GoKind[]) {
      const binary = await goPeer(version, kind);
      const ports = await freePorts(2);
      const child = new Child(binary, [...ports.map(String), certificate, key], { name: `${version}, ${kind}` });
      for (const port of ports) await listening(child, port);
      peers.set(kind, { child, ports });
    }
    agent = await Agent.start({ ports: [...peers.values()].flatMap(({ ports }) => ports) });
    await agent.instruments(...[...peers.values()].map(({ child }) => child.pid));
  }, 900_000); // to fetch the version and to compile its library
  afterAll(async () => {
    await agent?.stop();
    for (const { child } of peers.values()) await child.stop();
  });

  describe.each(Object.keys(goKinds) as GoKind[])('%s', (kind) => {
    test.each(protocols)('%s: each request is told of both ends', async (protocol) => {
      const spans = await told(kind, protocol, 's', 2);
      const planned = plannedExchanges(requests).map(facts).toSorted();
      for (const side of ['server', 'client'] as const)
        expect(of(spans, side).map(facts).toSorted(), side).toEqual(planned);
      const route = hasPatterns ? '/s/{status}/{bytes}' : '/s/*/*';
      expect(new Set(of(spans, 'server').map((span) => span.route))).toEqual(new Set([route]));
      for (const { startUs, handlerStartUs, endUs } of spans) {
        expect(handlerStartUs).toBeGreaterThanOrEqual(startUs);
        expect(endUs).toBeGreaterThanOrEqual(handlerStartUs);
      }
    });

    test.each(['http', 'https'] as const)(
      '%s: calls belong to the request that they are made for',
      async (protocol) => {
        const spans = await told(kind, protocol, 'call', 4);
        const servers = new Map(of(spans, 'server').map((span) => [span.spanId, span.path]));
        const inner = of(spans, 'client').filter(({ path }) => path.startsWith('/s/'));
        expect(inner).toHaveLength(requests);
        expect(new Set(inner.map(({ parentSpanId }) => parentSpanId)).has(noParent)).toBe(false);
        for (const { path, parentSpanId } of inner)
          expect(servers.get(parentSpanId)).toBe(path.replace('/s/200/', '/call/'));
      },
    );
  });

  async function told(kind: GoKind, protocol: string, path: string, perRequest: number): Promise<SeenSpan[]> {
    const { child } = peers.get(kind) ?? {};
    const before = agent.spans.length;
    const asked = `${protocol} ${path} ${requests}`;
    child?.write(asked);
    await child?.line(new RegExp(`^done ${asked}`));
    const wanted = before + perRequest * requests;
    await agent
      .spansWhere(() => true, wanted)
      .catch(async (error: Error) => {
        const counted = (await agent.internalMetrics()).filter(({ name }) => name === 'beyla_kernel_events_total');
        const events = counted.map(({ labels, value }) => `${labels['reason']} ${value}`).join(', ');
        throw new Error(`${error.message}\nthe kernel programs counted: ${events}`);
      });
    return agent.spans.slice(before);
  }
});

function of(spans: readonly SeenSpan[], side: SeenSpan['side']): SeenSpan[] {
  return spans.filter((span) => span.side === side);
}

function facts({ method, path, status, requestBytes, responseBytes }: Exchange | SeenSpan): string {
  return `${method} ${path} ${status} ${requestBytes} ${responseBytes}`;
}
