import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { hops, startChain } from '../support/chain.ts';
import { Child } from '../support/processes.ts';
import { root } from '../support/programs.ts';
import { until } from '../support/until.ts';

const running: { stop(): Promise<unknown> }[] = [];
afterEach(async () => {
  for (const one of running.splice(0).reverse()) await one.stop();
});

test('beyla trace alone is an agent, and shows trees with the rule of each link', async () => {
  const chain = await startChain([
    ['python', hops.python],
    ['node', hops.node],
  ]);
  running.push(...chain.map(({ process }) => process));
  const ports = chain.map(({ port }) => port);
  // where no other agent has its socket
  const alone = `mount -t tmpfs none /run && exec ${join(root, 'bin/beyla')} trace`;
  const view = new Child('unshare', ['-m', 'sh', '-c', alone], { env: { BEYLA_OPEN_PORT: ports.join(',') } });
  running.push(view);
  await until(() => view.errors.some((line) => line.includes('until it is interrupted')), { withinMs: 20_000 });
  await until(async () => {
    await (await fetch(`http://127.0.0.1:${ports[0]}/seen`)).text();
    return view.lines.some((line) => line.includes('(by host)'));
  });
  const tree = view.lines.slice(view.lines.findIndex((line) => line.includes('(by host)')) - 3).slice(0, 4);
  expect(tree.map((line) => line.replace(/\S+: |\d+\.\d+ms/g, '…'))).toEqual([
    expect.stringMatching(/^trace [0-9a-f]{32}$/),
    expect.stringMatching(/^ {2}server .*\(root\)$/),
    expect.stringMatching(/^ {4}client .*\(by thread\)$/),
    expect.stringMatching(/^ {6}server .*\(by host\)$/),
  ]);
  expect(await view.stop()).toBe(0);
});
