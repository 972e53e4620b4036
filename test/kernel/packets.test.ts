import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { loadAddon } from '../../src/kernel/addon.ts';
import { openCapture } from '../../src/kernel/capture.ts';
import { ProcessWatcher } from '../../src/kernel/process-watch.ts';
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

/** A capture from packets that watches these processes, and the number of records that it told. */
function capturing(...pids: readonly number[]) {
  const watcher = new ProcessWatcher(addon, 0);
  for (const pid of pids) watcher.add(pid);
  const told = { records: 0 };
  const capture = openCapture(addon, {
    backend: 'cgroup_skb',
    shared: watcher.shared,
    onRecords: (bytes, ends, count) => {
      told.records += [...exchangeRecords(bytes, ends, count)].length;
    },
  });
  const stop = () => {
    capture.close();
    watcher.stop();
  };
  return { capture, told, stop };
}

test('a connection that is refused leaves nothing behind that the next socket in its memory would be taken for', async () => {
  const one = capturing(process.pid);
  running.push(one);
  const [port = 0] = await freePorts(1);
  for (let i = 0; i < 20; i++) {
    const [error] = await once(connect(port, '127.0.0.1'), 'error');
    expect(error).toMatchObject({ code: 'ECONNREFUSED' });
  }
  expect(one.capture.object.map('callers').keys()).toEqual([]);
});

test('two captures at once stand beside each other, and packets pass when one of them has gone', async () => {
  const [clientPort = 0, serverPort = 0] = await freePorts(2);
  const [client, server] = await Promise.all([RawPeer.client(clientPort), RawPeer.server(serverPort)]);
  const both = [capturing(client.pid), capturing(client.pid)] as const;
  running.push(client, server, ...both);
  const exchange = async (number: number) => {
    const asked = Array.from(
      { length: number },
      (_, i) => [request(`POST /${i}`, 'x'.repeat(i)), response(200)] as const,
    );
    const dialogue = turns(...asked);
    await Promise.all([server.play(dialogue.server), client.play(dialogue.client, ['127.0.0.1', server.port])]);
  };
  const expectTold = (one: (typeof both)[number], records: number) =>
    until(() => {
      one.capture.poll();
      return one.told.records === records;
    });
  await exchange(20);
  for (const one of both) await expectTold(one, 20);
  running.pop();
  both[1].stop();
  await exchange(20);
  await expectTold(both[0], 40);
});
