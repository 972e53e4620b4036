import { beforeEach, expect, test } from 'vitest';
import { HttpRecords } from '../../../src/decode/http-records.ts';
import { EventKind, HeadPart, HttpEvent, HttpLimit, HttpOutcome, HttpRole } from '../../../src/kernel/abi.gen.ts';
import type { Span } from '../../../src/span/span.ts';
import { counters } from '../../../src/telemetry/counters.ts';
import { testService } from '../../support/spans.ts';

const pid = 4711;
const { at } = HttpEvent;

interface Facts {
  readonly line?: string;
  readonly rest?: string;
  readonly role?: number;
  readonly outcome?: number;
  readonly status?: number;
  readonly pid?: number;
  readonly arrivalNs?: bigint;
}

/** A record as bpf/abi.h lays it out. */
function record(facts: Facts = {}): Buffer {
  const { line = 'GET /a HTTP/1.1\r\n', rest = 'Host: there:81\r\n\r\n', arrivalNs = 1_000n } = facts;
  const head = Buffer.from(line + rest).subarray(0, HttpLimit.headBytes);
  const bytes = Buffer.alloc(at.head + head.length);
  bytes.writeUInt16LE(EventKind.http, at.kind);
  bytes[at.role] = facts.role ?? HttpRole.server;
  bytes[at.outcome] = facts.outcome ?? HttpOutcome.complete;
  bytes.writeUInt32LE(facts.pid ?? pid, at.pid);
  bytes.writeBigUInt64LE(77n, at.connection);
  bytes.writeUInt16LE(facts.status ?? 200, at.status);
  bytes[at.family] = 2;
  bytes.writeUInt16LE(80, at.localPort);
  bytes.writeUInt16LE(4242, at.remotePort);
  bytes.writeUInt32LE(line.length, at.lineBytes);
  Buffer.from([127, 0, 0, 1]).copy(bytes, at.local);
  Buffer.from([10, 0, 0, 2]).copy(bytes, at.remote);
  bytes.writeBigUInt64LE(arrivalNs, at.arrivalNs);
  bytes.writeBigUInt64LE(2_000n, at.startNs);
  bytes.writeBigUInt64LE(2_500n, at.firstByteNs);
  bytes.writeBigUInt64LE((1n << 33n) + 3_000n, at.endNs);
  bytes.writeBigUInt64LE(5n, at.requestBytes);
  bytes.writeBigUInt64LE(100_000_000_000n, at.responseBytes);
  bytes.writeUInt32LE(head.length, at.headBytes);
  head.copy(bytes, at.head);
  return bytes;
}

/** A part of a message, by default of a request line: the slice of `data` that begins at `from`. */
function part(offset: number, data: Buffer, from = 0, kind: number = EventKind.headPart): Buffer {
  const bytes = Buffer.alloc(HeadPart.size);
  bytes.writeUInt16LE(kind, HeadPart.at.kind);
  bytes.writeUInt16LE(from, HeadPart.at.from);
  bytes.writeUInt16LE(data.length, HeadPart.at.bytes);
  bytes.writeBigUInt64LE(77n, HeadPart.at.connection);
  bytes.writeUInt32LE(offset, HeadPart.at.offset);
  data.copy(bytes, HeadPart.at.data + from);
  return bytes;
}

/** Reads records from one buffer, each aligned to 8 as the ring's reader does. */
function read(...records: readonly Buffer[]): Span[] {
  const ends: number[] = [];
  const padded: Buffer[] = [];
  let length = 0;
  for (const each of records) {
    ends.push(length + each.length);
    padded.push(each, Buffer.alloc(-each.length & 7));
    length = (length + each.length + 7) & ~7;
  }
  const spans: Span[] = [];
  const decoder = new HttpRecords({ serviceOf: (hostPid) => (hostPid === pid ? testService() : undefined) });
  decoder.read(Buffer.concat(padded), Uint32Array.from(ends), records.length, (portion) => spans.push(...portion));
  return spans;
}

let before: number;
const undecoded = () => counters.total('records_undecoded') - before;
beforeEach(() => {
  before = counters.total('records_undecoded');
});

test('a record of the server side', () => {
  const [span] = read(record());
  expect(span).toMatchObject({
    type: 'HTTP',
    method: 'GET',
    path: '/a',
    statusCode: 200,
    requestStartNs: 1_000,
    startNs: 2_000,
    firstByteNs: 2_500,
    endNs: 2 ** 33 + 3_000,
    requestBytes: 5,
    responseBytes: 100_000_000_000,
    peer: { address: '10.0.0.2', port: 4242 },
    host: { address: '127.0.0.1', port: 80 },
  });
});

test('a record of the client side turns the ends round, and knows the Host header', () => {
  const [span] = read(record({ role: HttpRole.client, arrivalNs: 0n }));
  expect(span).toMatchObject({
    type: 'HTTPClient',
    requestStartNs: 2_000,
    peer: { address: '127.0.0.1' },
    host: { address: '10.0.0.2' },
    authority: 'there',
  });
});

test.each([
  ['server', HttpOutcome.peerClosed, 'client_abort'],
  ['server', HttpOutcome.peerReset, 'client_abort'],
  ['server', HttpOutcome.localClosed, 'no_response'],
  ['server', HttpOutcome.localReset, 'server_reset'],
  ['client', HttpOutcome.peerClosed, 'no_response'],
  ['client', HttpOutcome.peerReset, 'server_reset'],
  ['client', HttpOutcome.localClosed, 'client_abort'],
  ['client', HttpOutcome.localReset, 'client_abort'],
  ['server', HttpOutcome.upgraded, ''],
  ['server', HttpOutcome.framingLost, ''],
] as const)('seen by the %s, outcome %i is %j', (side, outcome, reason) => {
  const [span] = read(record({ role: HttpRole[side], outcome, status: reason === '' ? 101 : 0 }));
  expect(span?.attributes['error.type']).toBe(reason);
  expect(span?.statusCode).toBe(reason === '' ? 101 : 400);
});

test('a request line longer than a record is put together from its parts', () => {
  const line = `GET /${'x'.repeat(600)}/end HTTP/1.1\r\n`;
  const bytes = Buffer.from(line);
  const spans = read(
    part(256, bytes.subarray(256, 400), 20),
    part(400, bytes.subarray(400)),
    record({ line, rest: '\r\n' }),
  );
  expect(spans[0]?.path).toBe(`/${'x'.repeat(600)}/end`);
});

test('what lies behind a lost part is not used', () => {
  const line = `GET /${'x'.repeat(600)}/end HTTP/1.1\r\n`;
  const bytes = Buffer.from(line);
  const [span] = read(part(256, bytes.subarray(256, 400)), part(500, bytes.subarray(500)), record({ line }));
  expect(span?.path).toBe(`/${'x'.repeat(395)}`);
});

/** The record of a call of gRPC-Web with an answer of so many bytes. */
function webCall(answerBytes: number, facts: Facts = {}): Buffer {
  const bytes = record({ line: 'POST /p.S/M HTTP/1.1\r\n', ...facts });
  bytes[at.isGrpcWeb] = 1;
  bytes.writeBigUInt64LE(BigInt(answerBytes), at.responseBytes);
  return bytes;
}

const answerBody = Buffer.from('\0\0\0\0\x02hi\x80\0\0\0\x10grpc-status: 5\r\n', 'latin1');
const answerHead = (text: string, offset = 0) => part(offset, Buffer.from(text), 0, EventKind.answerHead);
const bodyPart = (from: number, to?: number) => part(from, answerBody.subarray(from, to), 3, EventKind.answerBody);

test('a call of gRPC-Web has the status of its trailers, cut anywhere', () => {
  for (let cut = 1; cut < answerBody.length; cut++) {
    const [span] = read(answerHead('HTTP/1.1 200 OK\r\n\r\n'), bodyPart(0, cut), bodyPart(cut), webCall(28));
    expect(span).toMatchObject({ type: 'GRPC', name: '/p.S/M', statusCode: 5, isStream: false });
    expect(span?.attributes['rpc.response.status_code']).toBe('NOT_FOUND');
  }
});

test('a call of gRPC-Web has the status of its head, not of an interim one', () => {
  const [span] = read(
    answerHead('HTTP/1.1 100 Continue\r\ngrpc-status: 1\r\n\r\n'),
    answerHead('HTTP/1.1 200 OK\r\ngrpc-'),
    answerHead('status: 13\r\n\r\n', 22),
    webCall(0),
  );
  expect(span?.statusCode).toBe(13);
});

test.each([
  ['bytes_missed', [bodyPart(0, 9)]],
  ['bytes_missed', [bodyPart(0, 9), bodyPart(12, 27)]],
  ['no_status', [bodyPart(0, 9), bodyPart(12)]],
])('a call of gRPC-Web without its status is told as HTTP and counted: %s', (reason, parts) => {
  const counted = counters.get('grpc_web_unread', reason);
  expect(read(...parts, webCall(28))).toMatchObject([{ type: 'HTTP', statusCode: 200 }]);
  expect(counters.get('grpc_web_unread', reason)).toBe(counted + 1);
});

test.each([
  [{ status: 503 }, 14],
  [{ status: 0, outcome: HttpOutcome.peerClosed }, 1],
  [{ status: 0, outcome: HttpOutcome.peerReset, role: HttpRole.client }, 14],
  [{ status: 0, outcome: HttpOutcome.peerClosed, rest: 'grpc-timeout: 1S\r\n\r\n' }, 4],
])('a call of gRPC-Web that ended by %j has the code %i', (facts, code) => {
  expect(read(webCall(0, facts))).toMatchObject([{ family: 'rpc', statusCode: code }]);
});

test('a process that nobody knows is counted', () => {
  expect(read(record({ pid: 1 }))).toEqual([]);
  expect(undecoded()).toBe(1);
});

test('a line without a blank is counted', () => {
  expect(read(record({ line: 'GARBAGE\r\n', rest: '' }))).toEqual([]);
  expect(undecoded()).toBe(1);
});

test('a record of a kind from the future is counted, and the next one read', () => {
  const strange = record();
  strange.writeUInt16LE(99, at.kind);
  expect(read(strange, record())).toHaveLength(1);
  expect(undecoded()).toBe(1);
});

test('spans of a large batch go on in portions, in order', () => {
  const records = Array.from({ length: 300 }, (_, i) => record({ line: `GET /${i} HTTP/1.1\r\n` }));
  expect(read(...records).map(({ path }) => path)).toEqual(records.map((_, i) => `/${i}`));
});

test('a record cut at any byte of its head throws nothing', () => {
  const whole = record();
  for (let end = at.head; end <= whole.length; end++) read(whole.subarray(0, end));
});
