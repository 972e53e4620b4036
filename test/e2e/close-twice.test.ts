import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { allBackends } from '../support/backends.ts';
import {
  blankLine,
  CRLF,
  close,
  type Dialogue,
  exchange,
  readHead,
  readToEnd,
  request,
  send,
  shutdown,
  tell,
  wait,
} from '../support/dialogue.ts';
import { lossesIn } from '../support/losses.ts';
import { Stage } from '../support/stage.ts';

/** More than the client's buffer takes, so that the server's FIN waits, and less than the server's takes. */
const bytes = 300_000;

/**
 * As Python's socketserver closes: its socket comes twice to the same state when the client has closed and acknowledges late. The client
 * closes in two steps, too.
 */
const closedTwice: Dialogue = {
  name: 'a server that shuts down and closes before that is acknowledged',
  client: [send(request('GET /twice')), shutdown, tell('asked'), wait('closed'), readToEnd],
  server: [
    readHead,
    wait('asked'),
    send(`HTTP/1.1 200 OK${CRLF}Content-Length: ${bytes}${blankLine}`),
    { do: 'fill', bytes },
    shutdown,
    close,
    tell('closed'),
  ],
  exchanges: [exchange('GET /twice', 200, 0, bytes)],
};

describe.each(allBackends)('captured by %s', (backend) => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await Stage.withAgent({ backend });
  });
  afterAll(() => stage?.close());

  test('no byte of a connection that closes in two steps counts as missed', async () => {
    await stage.check(closedTwice);
    expect(lossesIn(await stage.agent.internalMetrics())).toEqual({});
  });
});
