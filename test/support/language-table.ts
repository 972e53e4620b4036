import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Agent } from './agent.ts';
import type { Exchange } from './dialogue.ts';
import { freePorts } from './free-ports.ts';
import { Client, plannedExchanges, type StartServer } from './https.ts';
import type { SeenSpan } from './seen-span.ts';

export interface LanguageTable {
  readonly title: string;
  readonly requests: number;
  readonly servers: Readonly<Record<string, StartServer>>;
  /** Servers that hand on what they are asked, to the first of the others. */
  readonly proxies: Readonly<Record<string, (upstream: number) => StartServer>>;
  /** The command of a client that asks the server on a port. */
  readonly clients: Readonly<Record<string, (port: number) => readonly string[]>>;
  /** The client that asks every server. */
  readonly reference: string;
  /** Settings of the agent. */
  readonly env?: Readonly<Record<string, string>>;
}

const http2 = 'Go, HTTP/2';

/** The other end of a row: one that speaks HTTP/2 for those that do. */
function of(name: string, withHttp2: string, without: string): string {
  return name.endsWith('HTTP/2') ? withHttp2 : without;
}

/** Programs of many languages, each as server and as client: every exchange is told of both ends, and right. */
export function languageTable({ title, requests, servers, proxies, clients, reference, env }: LanguageTable): void {
  describe(title, () => {
    const started: { stop(): Promise<unknown> }[] = [];
    const portOf = new Map<string, number>();
    const clientOf = new Map<string, Client>();
    let agent: Agent;

    beforeAll(async () => {
      const names = [...Object.keys(servers), ...Object.keys(proxies)];
      const ports = await freePorts(names.length + Object.keys(clients).length + names.length);
      const next = () => ports.pop() ?? 0;
      for (const name of names) portOf.set(name, next());
      const [first = ''] = names;
      const behind = Object.entries(proxies).map(([name, proxy]) => [name, proxy(portOf.get(first) ?? 0)] as const);
      const all = { ...servers, ...Object.fromEntries(behind) };
      const own: number[] = [];
      await Promise.all(
        Object.entries(all).map(async ([name, start]) => {
          const child = await start(portOf.get(name) ?? 0);
          started.push(child);
        }),
      );
      const rows = [
        ...names.map((name) => ({ name: `server ${name}`, command: clients[of(name, http2, reference)], to: name })),
        ...Object.entries(clients).map(([name, command]) => ({
          ...{ name: `client ${name}`, command },
          to: of(name, http2, first),
        })),
      ];
      for (const { name, command, to } of rows) {
        const ownPort = next();
        own.push(ownPort);
        const client = await Client.ready(ownPort, command?.(portOf.get(to) ?? 0) ?? []);
        started.push(client);
        clientOf.set(name, client);
      }
      // Whoever is there before the agent is known when it is ready.
      agent = await Agent.start({ ports: [...portOf.values(), ...own], ...(env !== undefined && { env }) });
    });
    afterAll(async () => {
      await agent?.stop();
      await Promise.all(started.map((one) => one.stop()));
    });

    test.each(Object.keys(servers))('server: %s', async (name) => {
      expectBoth(await told(`server ${name}`), name);
    });

    test.each(Object.keys(proxies))('server and client at once: %s as a proxy', async (name) => {
      const spans = await told(`server ${name}`, 4);
      expectBoth(
        spans.filter(({ port }) => port === portOf.get(name)),
        name,
      );
      const behind = spans.filter(({ port }) => port !== portOf.get(name));
      expectBoth(behind, Object.keys(servers)[0] ?? '');
    });

    test.each(Object.keys(clients))('client: %s', async (name) => {
      expectBoth(await told(`client ${name}`), of(name, http2, Object.keys(servers)[0] ?? ''));
    });

    async function told(client: string, perRequest = 2): Promise<SeenSpan[]> {
      const before = agent.spans.length;
      await clientOf.get(client)?.run();
      await agent.spansWhere(() => true, before + perRequest * requests);
      return agent.spans.slice(before);
    }

    function expectBoth(spans: readonly SeenSpan[], name: string): void {
      const planned = plannedExchanges(requests).map(facts).toSorted();
      for (const side of ['server', 'client']) {
        expect(
          spans
            .filter((span) => span.side === side)
            .map(facts)
            .toSorted(),
          side,
        ).toEqual(planned);
      }
      expect(new Set(spans.map(({ port }) => port))).toEqual(new Set([portOf.get(name)]));
    }
  });
}

export function facts({ method, path, status, requestBytes, responseBytes }: Exchange | SeenSpan): string {
  return `${method} ${path} ${status} ${requestBytes} ${responseBytes}`;
}
