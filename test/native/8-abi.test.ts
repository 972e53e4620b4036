import { expect, test } from 'vitest';
import {
  EventKind,
  HeadPart,
  HttpEvent,
  HttpFlag,
  HttpOutcome,
  HttpRole,
  ProcessEvent,
  ProcessKind,
} from '../../src/kernel/abi.gen.ts';
import { addon, loadObject } from './support/sample.ts';

/** The record that a program of test/native/bpf/abi.bpf.c sends, as a reader of numbers at offsets. */
function recordOf(program: string) {
  const object = loadObject('abi');
  let record = Buffer.alloc(0);
  const ring = addon.openRing(object.map('records'), (bytes, ends) => {
    record = Buffer.from(bytes.subarray(0, ends[0]));
  });
  expect(object.testRun(program)).toBe(0);
  ring.consume();
  ring.close();
  return { record, u64: (at: number) => Number(record.readBigUInt64LE(at)) };
}

test('an exchange arrives as abi.h lays it out', () => {
  const { record, u64 } = recordOf('send_http_event');
  const { at, size } = HttpEvent;
  expect(record).toHaveLength(size);
  expect(record.readUInt16LE(at.kind)).toBe(EventKind.http);
  expect(record[at.role]).toBe(HttpRole.client);
  expect(record[at.outcome]).toBe(HttpOutcome.localReset);
  expect(record[at.flags]).toBe(HttpFlag.oldConnection);
  expect(record[at.family]).toBe(10);
  expect([at.pid, at.index, at.lineBytes, at.headBytes].map((each) => record.readUInt32LE(each))).toEqual([
    1001, 1003, 1007, 1014,
  ]);
  expect([at.status, at.localPort, at.remotePort].map((each) => record.readUInt16LE(each))).toEqual([1004, 1005, 1006]);
  expect([at.connection, at.arrivalNs, at.startNs, at.firstByteNs, at.endNs].map(u64)).toEqual([
    1002, 1008, 1009, 1010, 1011,
  ]);
  expect([at.requestBytes, at.responseBytes].map(u64)).toEqual([1012, 1013]);
  expect([at.local, at.remote, at.head].map((each) => record[each])).toEqual([11, 12, 13]);
});

test('a part of a head arrives as abi.h lays it out', () => {
  const { record, u64 } = recordOf('send_head_part');
  const { at, size } = HeadPart;
  expect(record).toHaveLength(size);
  expect([at.kind, at.from, at.bytes].map((each) => record.readUInt16LE(each))).toEqual([
    EventKind.headPart,
    1001,
    1002,
  ]);
  expect([u64(at.connection), record.readUInt32LE(at.index), record.readUInt32LE(at.offset)]).toEqual([
    1003, 1004, 1005,
  ]);
  expect(record[at.data]).toBe(14);
});

test('news of a process arrives as abi.h lays it out', () => {
  const { record, u64 } = recordOf('send_process');
  const { at, size } = ProcessEvent;
  expect(record).toHaveLength(size);
  expect([at.kind, at.port, at.family].map((each) => record.readUInt16LE(each))).toEqual([
    ProcessKind.listen,
    1005,
    1006,
  ]);
  expect([at.hostPid, at.pid, at.parentPid].map((each) => record.readUInt32LE(each))).toEqual([1001, 1002, 1003]);
  expect(u64(at.startNs)).toBe(1004);
  expect(record[at.name]).toBe(15);
});
