import { type AddressInfo, createServer } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { loadAddon } from '../../src/kernel/addon.ts';
import { type Backend, backends, openCapture } from '../../src/kernel/capture.ts';
import { HeaderPair } from '../../src/kernel/header-pair.ts';
import { transferred, tryHeaders, unread, woken, written } from '../../src/kernel/header-trial.ts';
import { ProcessWatcher } from '../../src/kernel/process-watch.ts';
import { Propagation, type Way } from '../../src/kernel/propagation.ts';
import { tryObjects } from '../../src/kernel/trial.ts';
import { CRLF, read, request, response, send } from '../support/dialogue.ts';
import { exchangeRecords } from '../support/exchange-records.ts';
import { freePorts } from '../support/free-ports.ts';
import { RawPeer, type Step } from '../support/raw-peer.ts';
import { until } from '../support/until.ts';

const addon = loadAddon();
const self = { proc: '/proc', hostPid: process.pid };
const running: { stop(): unknown }[] = [];
const stopAll = async (all: { stop(): unknown }[]) => {
  for (const one of all.splice(0).reverse()) await one.stop();
};
afterEach(() => stopAll(running));

test('the trial says what it has measured', async () => {
  const pair = await HeaderPair.open(addon, self);
  const wrong = await unread(pair);
  pair.close();
  const { isHarmless, says } = await tryHeaders(addon, '/proc', process.pid);
  console.log(`headers: ${isHarmless ? 'harmless' : 'harmful'}: ${says}`);
  expect(isHarmless).toBe(wrong === undefined);
  expect(says).toContain(wrong ?? 'were unharmed in a trial');
});

test.each(Object.entries({ woken, transferred, written }))('a socket in the map is unharmed: %s', async (_, check) => {
  const pair = await HeaderPair.open(addon, self);
  running.push({ stop: () => pair.close() });
  expect(await check(pair)).toBeUndefined();
});

test('a process that is not asked about gets no socket into the map', async () => {
  await expect(HeaderPair.open(addon, { ...self, hostPid: 1 })).rejects.toThrow('did not get into the map');
});

const answer = response(200);

/** Collects what comes, a text for each connection, and answers every head. */
async function collector(): Promise<{ readonly port: number; readonly received: string[] }> {
  const received: string[] = [];
  const server = createServer((socket) => {
    const index = received.push('') - 1;
    let answered = 0;
    socket.on('data', (bytes) => {
      received[index] += bytes.toString('latin1');
      const heads = (received[index] ?? '').split(CRLF + CRLF).length - 1;
      for (; answered < heads; answered++) socket.write(answer);
    });
    socket.on('error', () => socket.destroy());
  });
  server.listen(0, '127.0.0.1');
  await until(() => server.listening);
  running.push({ stop: () => server.close() });
  return { port: (server.address() as AddressInfo).port, received };
}

/** A process that asks, and headers that are written into its requests whatever a trial might say. */
async function asking(backend: Backend) {
  const [port = 0] = await freePorts(1);
  const client = await RawPeer.client(port);
  const watcher = new ProcessWatcher(addon, 0);
  const spans = new Set<string>();
  const capture = openCapture(addon, {
    backend,
    shared: watcher.shared,
    traces: { relatesHost: true, usesOptions: false, writesHeaders: true, ratio: 1 },
    onRecords: (bytes, ends, count) => {
      for (const { isClient, trace } of exchangeRecords(bytes, ends, count)) {
        if (isClient) spans.add(`00-${trace.toString('hex', 0, 16)}-${trace.toString('hex', 16, 24)}-01`);
      }
    },
  });
  const propagation = new Propagation(addon, {
    ways: ['headers'],
    headers: { isHarmless: true, says: 'not tried' },
    capture,
    shared: watcher.shared,
    proc: '/proc',
  });
  watcher.add(client.pid);
  const stop = async () => {
    propagation.close();
    capture.close();
    watcher.stop();
    await client.stop();
  };
  return { client, capture, spans, way: propagation.ways[0] as Way, stop };
}

const possible = tryObjects(addon).flatMap(({ name, is }) => backends.filter((one) => is === 'taken' && one === name));
/** Where TCP's functions can be watched, what leaves through a map of sockets can be read. */
const hasFunctions = possible.includes('fentry') || possible.includes('kprobe');
const usable = possible.filter((one) => one === 'syscalls' || hasFunctions);

const large = 'x'.repeat(300_000);
const traceparent = `traceparent: 00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
const header = /traceparent: (00-[0-9a-f]{32}-[0-9a-f]{16}-01)\r\n/g;

/** What is sent on a connection, how many heads that has, and how many of them get a header. */
const cases: readonly (readonly [name: string, parts: readonly Step[], heads: number, written: number])[] = [
  ['a request', [send(request('GET /'))], 1, 1],
  ['a body', [send(request('POST /', 'body'))], 1, 1],
  ['a large body', [send(request('POST /', large))], 1, 1],
  ['a body in a call of its own', [send(request('POST /', large).slice(0, -large.length)), send(large)], 1, 1],
  ['iovecs', [send(request('POST /', large), { how: 'writev' })], 1, 1],
  ['a request that has one', [send(request('GET /', '', traceparent))], 1, 0],
  ['a request that has one, in other letters', [send(request('GET /', '', traceparent.replace('t', 'T')))], 1, 0],
  ['a head in pieces', [send(request('GET /'), { each: 7 })], 1, 0],
  ['bytes of HTTP/2', [send('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')], 2, 0],
  ['bytes of TLS', [send('\x16\x03\x01\x00\x05GET / HTTP/1.1\r\n\r\n')], 1, 0],
];

describe.each(usable)('%s', (backend) => {
  let asker: Awaited<ReturnType<typeof asking>>;
  beforeAll(async () => {
    asker = await asking(backend);
    expect(asker.way).toMatchObject({ isUsed: true });
  });
  afterAll(() => asker.stop());

  test.each(cases)('%s arrives as it was sent, with a header where one belongs', async (_, parts, heads, expected) => {
    const { port, received } = await collector();
    const { client, capture, spans } = asker;
    const sent = parts.map((step) => (step.do === 'send' ? step.data : '')).join('');
    const played = client.play([...parts, read(answer.length * heads)], ['127.0.0.1', port]);
    expect((await played).error).toBeNull();
    // the answer is to the head, and the body may be on its way
    const whole = sent.length + expected * (traceparent.length + CRLF.length);
    const all = await until(() => (received[0] ?? '').length >= whole && received[0]);
    const added = [...all.matchAll(header)].map(([, value = '']) => value).filter((value) => !sent.includes(value));
    expect(added).toHaveLength(expected);
    expect(all.replace(added.length > 0 ? header : '', '')).toBe(sent);
    if (added.length === 0) return;
    expect(all.indexOf(`traceparent: ${added[0]}`)).toBe(sent.indexOf(CRLF) + CRLF.length);
    await until(() => {
      capture.poll();
      return added.every((value) => spans.has(value));
    });
  });

  test('each of 200 requests on a kept connection gets its own', async () => {
    const { port, received } = await collector();
    const { client, capture, spans } = asker;
    const asked = Array.from({ length: 200 }, (_, i) => request(`POST /${i}`, 'x'.repeat(i * 40)));
    const steps = asked.flatMap((text) => [send(text), read(answer.length)]);
    expect((await client.play(steps, ['127.0.0.1', port])).error).toBeNull();
    const values = [...(received[0] ?? '').matchAll(header)].map(([, value = '']) => value);
    expect(new Set(values).size).toBe(asked.length);
    expect((received[0] ?? '').replaceAll(header, '')).toBe(asked.join(''));
    await until(() => {
      capture.poll();
      return values.every((value) => spans.has(value));
    });
  });
});

test.each(possible.filter((one) => !usable.includes(one)))(
  '%s says that it cannot see what it would write',
  async (backend) => {
    const asker = await asking(backend);
    running.push(asker);
    const { way } = asker;
    expect(way).toMatchObject({ name: 'headers', isUsed: false });
  },
);
