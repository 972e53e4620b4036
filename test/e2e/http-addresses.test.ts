import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { allBackends } from '../support/backends.ts';
import { type Dialogue, exchange, request, response, turns } from '../support/dialogue.ts';
import { Stage } from '../support/stage.ts';

/** What the client connects to, and how the address is shown at both ends. */
const addresses = [
  { name: 'IPv4 to a socket that also takes IPv6', connect: '127.0.0.1', shown: '127.0.0.1' },
  { name: 'IPv6', connect: '::1', shown: '::1' },
  { name: 'IPv4 in an IPv6 socket at both ends', connect: '::ffff:127.0.0.1', shown: '127.0.0.1' },
];

describe.each(allBackends)('captured by %s', (backend) => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await Stage.withAgent({ backend, host: '::' });
  });
  afterAll(async () => stage?.close());

  test.each(addresses)('$name', async ({ connect, shown }) => {
    const dialogue: Dialogue = {
      name: connect,
      ...turns([request('GET /address'), response(200, 'here')]),
      exchanges: [exchange('GET /address', 200, 0, 4)],
      connect,
    };
    const before = stage.agent.spans.length;
    await stage.check(dialogue);
    const ends = stage.agent.spans.slice(before).map(({ peer, host }) => ({ peer, host }));
    expect(ends).not.toHaveLength(0);
    for (const end of ends) expect(end).toEqual({ peer: shown, host: shown });
  });
});
