import { afterEach, describe, expect, test } from 'vitest';
import { builtFile, loadAddon } from '../../src/kernel/addon.ts';
import { openCapture } from '../../src/kernel/capture.ts';
import { missedRuns } from '../../src/kernel/counters.ts';
import { ProcessWatcher } from '../../src/kernel/process-watch.ts';
import { mayBePutAside, openSpares, sparedPrograms } from '../../src/kernel/spares.ts';
import { tryObjects } from '../../src/kernel/trial.ts';
import { request, response, turns } from '../support/dialogue.ts';
import { exchangeRecords } from '../support/exchange-records.ts';
import { freePorts } from '../support/free-ports.ts';
import { RawPeer } from '../support/raw-peer.ts';
import { until } from '../support/until.ts';

const addon = loadAddon();
const running: { stop(): unknown }[] = [];
afterEach(async () => {
  for (const one of running.splice(0).reverse()) await one.stop();
});

/** Records of exchanges, by the end that they were seen at. */
class Counted {
  server = 0;
  client = 0;
  readonly add = (bytes: Buffer, ends: Uint32Array, count: number) => {
    for (const { isClient } of exchangeRecords(bytes, ends, count)) this[isClient ? 'client' : 'server']++;
  };
}

/** Both ends of a connection, and the maps that tell programs to watch them. */
async function watched() {
  const [clientPort = 0, serverPort = 0] = await freePorts(2);
  const [client, server] = await Promise.all([RawPeer.client(clientPort), RawPeer.server(serverPort)]);
  const watcher = new ProcessWatcher(addon, 0);
  watcher.add(client.pid);
  watcher.add(server.pid);
  running.push(client, server, watcher);
  const exchange = async (number: number, poll: () => void, counted: Counted) => {
    const asked = Array.from(
      { length: number },
      (_, i) => [request(`POST /${i}`, 'x'.repeat(i)), response(200)] as const,
    );
    const both = turns(...asked);
    const before = counted.server;
    await Promise.all([server.play(both.server), client.play(both.client, ['127.0.0.1', server.port])]);
    await until(() => {
      poll();
      return counted.client >= before + number && counted.server >= before + number;
    });
  };
  return { shared: watcher.shared, exchange };
}

const backends = tryObjects(addon).flatMap(({ name, is }) =>
  (['tp_btf', 'fentry', 'kprobe', 'syscalls'] as const).filter((one) => is === 'taken' && one === name),
);

describe.each(backends)('%s', (backend) => {
  test('what several copies see is told once', async () => {
    const { shared, exchange } = await watched();
    const counted = new Counted();
    const capture = openCapture(addon, { backend, shared, onRecords: counted.add, spares: 3 });
    running.push({ stop: () => capture.close() });
    expect(capture.spares).toHaveLength(3);
    for (let i = 0; i < 5; i++) await exchange(20, () => capture.poll(), counted);
    capture.poll();
    expect(counted).toMatchObject({ server: 100, client: 100 });
    expect(missedRuns(capture.object, capture.spares).capture).toBe(0);
  });

  test('a copy sees what the programs do not that it is a copy of', async () => {
    const { shared, exchange } = await watched();
    const counted = new Counted();
    const path = builtFile(`bpf/http_${backend === 'syscalls' ? 'syscalls_btf' : backend}.bpf.o`);
    const idle = addon.openObject(path, { reuse: shared });
    idle.load();
    running.push({ stop: () => idle.close() });
    const programs = sparedPrograms(idle, true);
    const spares = openSpares(addon, { path, capture: idle, constants: {}, programs, count: 1 });
    for (const one of spares) running.push({ stop: () => one.close() });
    const ring = addon.openRing(idle.map('events'), counted.add);
    running.push({ stop: () => ring.close() });
    for (const name of idle.programs().filter((one) => !programs.includes(one))) idle.attach(name);
    await exchange(20, () => ring.consume(), counted);
    ring.consume();
    expect(counted).toMatchObject({ server: 20, client: 20 });
  });
});

test.each([
  ['fentry/tcp_sendmsg', '6.12.1', true],
  ['fexit/tcp_recvmsg', '6.12.1', true],
  ['tp_btf/tcp_sendmsg_locked', '6.18.0', false],
  ['tp_btf/tcp_sendmsg_locked', '7.2.13+deb14-cloud-amd64', true],
  ['kprobe/tcp_sendmsg', '7.2.13', false],
])('%s on a preemptible Linux %s: %s', (section, release, expected) => {
  expect(mayBePutAside(section, { release, isPreemptible: true })).toBe(expected);
  expect(mayBePutAside(section, { release, isPreemptible: false })).toBe(false);
});
