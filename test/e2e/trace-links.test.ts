import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { Agent } from '../support/agent.ts';
import { type Hop, hops, isAt, isChild, scoreCalls, startChain } from '../support/chain.ts';
import { load } from '../support/load.ts';

const figures: string[] = [];
afterAll(() => console.log(`links of calls to the requests that caused them\n${figures.join('\n')}`));

const running: { stop(): Promise<unknown> }[] = [];
afterEach(async () => {
  for (const one of running.splice(0).reverse()) await one.stop();
});

async function watched(chain: readonly Hop[], env: Record<string, string> = {}): Promise<Agent> {
  running.push(...chain.map(({ process }) => process));
  const agent = await Agent.start({ ports: chain.map(({ port }) => port), env });
  running.push(agent);
  await agent.instruments(...chain.map(({ process }) => process.pid));
  return agent;
}

/** Runtimes in which a thread that reads a request answers it, or whose goroutines are known. */
const exact = ['python', 'java', 'go'];

describe.each(Object.keys(hops) as (keyof typeof hops)[])('%s', (runtime) => {
  test('ties calls to the request that caused them, or to none', async () => {
    const chain = await startChain([
      [runtime, hops[runtime]],
      ['node', hops.node],
    ]);
    const [served, called] = chain.map(({ port }) => port) as [number, number];
    const agent = await watched(chain);
    let told = 0;
    for (const connections of [1, 10, 50]) {
      const requests = connections === 1 ? 200 : 1000;
      const path = `/${connections}/%d`;
      expect(await load({ port: served, requests, connections, path })).toMatchObject({ ok: requests, errors: 0 });
      told += requests;
      await agent.spansWhere(isAt('server', served), told, 20_000);
      const spans = agent.spans.filter((span) => span.path.startsWith(`/${connections}/`));
      const score = scoreCalls(spans, served, called);
      const recall = (score.right / score.calls).toFixed(3);
      figures.push(
        `${runtime.padEnd(8)} ${String(connections).padStart(3)} at once: ${score.calls} calls, ` +
          `${score.right} right, ${score.missing} without a link, ${score.wrong} wrong; recall ${recall}`,
      );
      expect(score.calls).toBe(requests);
      expect(score.wrong).toBe(0);
      if (connections === 1 || exact.includes(runtime)) expect(score.right).toBe(requests);
    }
  });
});

describe('five services: Node.js, Python, Go, Java, Ruby', () => {
  const names = ['node', 'python', 'go', 'java', 'ruby'] as const;

  test.each([
    [1, {}],
    [10, {}],
    [1, { BEYLA_BPF_DISABLE_BLACK_BOX_CP: 'true', BEYLA_BPF_CONTEXT_PROPAGATION: 'tcp' }],
    [10, { BEYLA_BPF_DISABLE_BLACK_BOX_CP: 'true', BEYLA_BPF_CONTEXT_PROPAGATION: 'tcp' }],
  ])('%d at once, %j: each request is one trace', async (connections, env) => {
    const chain = await startChain(names.map((name) => [name, hops[name]] as const));
    const agent = await watched(chain, env);
    const requests = 1000;
    const [first = 0] = chain.map(({ port }) => port);
    expect(await load({ port: first, requests, connections, path: '/%d' })).toMatchObject({ ok: requests, errors: 0 });
    await agent.spansWhere(isAt('server', first), requests, 20_000);
    let whole = requests;
    chain.forEach(({ name, port }, i) => {
      const next = chain[i + 1];
      const served = agent.spans.filter(isAt('server', port));
      expect(served).toHaveLength(requests);
      if (next === undefined) return;
      const score = scoreCalls(agent.spans, port, next.port);
      expect(score.wrong).toBe(0);
      const callers = new Map(agent.spans.filter(isAt('client', next.port)).map((span) => [span.path, span]));
      const entered = agent.spans.filter(isAt('server', next.port));
      const joined = entered.filter((span) => isChild(span, callers.get(span.path))).length;
      whole = Math.min(whole, score.right, joined);
      figures.push(
        `five services, ${connections} at once, ${JSON.stringify(env)}: ${name} links ${score.right} of ${score.calls}, ` +
          `the next one joins ${joined} of ${entered.length}`,
      );
      expect(joined).toBe(requests);
    });
    const ids = new Set(agent.spans.map(({ traceId }) => traceId));
    figures.push(`five services, ${connections} at once: ${ids.size} traces for ${requests} requests`);
    if (connections === 1) expect(ids.size).toBe(requests);
  });
});
