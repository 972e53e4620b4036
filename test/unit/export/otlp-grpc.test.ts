import { mkdtempSync, rmSync } from 'node:fs';
import { createServer as createHttp2Server } from 'node:http2';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { status } from '@grpc/grpc-js';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { retryInfoMs } from '../../../src/export/grpc-status.ts';
import { type DeliveryOptions, OtlpDelivery } from '../../../src/export/otlp-delivery.ts';
import { otlpMetricsSink } from '../../../src/export/otlp-metrics.ts';
import { otlpTracesSink } from '../../../src/export/otlp-traces.ts';
import { counters } from '../../../src/telemetry/counters.ts';
import { aggregate } from '../../support/aggregate.ts';
import { type Certificates, makeCertificates } from '../../support/certificates.ts';
import { exporterContract } from '../../support/exporter-contract.ts';
import { type GrpcReceiver, grpcReceiver } from '../../support/grpc-receiver.ts';
import { grpcOptions } from '../../support/otlp-options.ts';
import { plain, refusedUrl } from '../../support/otlp-receiver.ts';
import { spansOf } from '../../support/spans.ts';

const closeMs = 300;

function tracesTo(url: string, change: Partial<DeliveryOptions> = {}) {
  return otlpTracesSink({
    ...grpcOptions(url, 'traces', change),
    instrumentations: ['*'],
    sampler: { name: 'always_on', ratio: 1 },
    batchMaxSize: 4096,
    batchTimeoutMs: 60_000,
    queueSize: 16_384,
    select: {},
    hasSpanMetrics: false,
    closeMs,
  });
}

function metricsTo(url: string) {
  const { metrics, write } = aggregate({ select: { '*': { include: ['url.path'] } } });
  const sink = otlpMetricsSink({
    ...grpcOptions(url, 'metrics'),
    metrics,
    intervalMs: 60_000,
    ttlMs: 0,
    temporality: 'cumulative',
    select: {},
    hasSpanMetrics: false,
    closeMs,
  });
  return { sink, write };
}

exporterContract({
  name: 'OTLP traces over gRPC',
  closeMs,
  async open() {
    const receiver = await grpcReceiver();
    const sink = tracesTo(receiver.url);
    const arrived = () => receiver.spans().flatMap(({ attributes }) => (plain(attributes)['url.path'] as string) ?? []);
    return { sink, write: (spans) => sink.write(spans), arrived, clean: receiver.close };
  },
  async openBroken() {
    const sink = tracesTo(await refusedUrl());
    const lost = () => counters.total('spans_lost');
    return { sink, write: (spans) => sink.write(spans), arrived: () => [], clean: async () => {}, lost };
  },
  async openStuck() {
    const receiver = await grpcReceiver();
    receiver.answers.push({ hang: true }, { hang: true });
    const sink = tracesTo(receiver.url);
    return { sink, write: (spans) => sink.write(spans), arrived: () => [], clean: receiver.close };
  },
  lostOf: (count) => count,
});

exporterContract({
  name: 'OTLP metrics over gRPC',
  closeMs,
  async open() {
    const receiver = await grpcReceiver();
    const arrived = () =>
      receiver
        .metrics()
        .filter(({ name }) => name === 'http.server.request.duration')
        .flatMap(({ histogram }) => histogram?.dataPoints ?? [])
        .map(({ attributes }) => String(plain(attributes)['url.path']));
    return { ...metricsTo(receiver.url), arrived, clean: receiver.close };
  },
  async openBroken() {
    const lost = () => counters.total('points_lost');
    return { ...metricsTo(await refusedUrl()), arrived: () => [], clean: async () => {}, lost };
  },
  async openStuck() {
    const receiver = await grpcReceiver();
    receiver.answers.push({ hang: true }, { hang: true });
    return { ...metricsTo(receiver.url), arrived: () => [], clean: receiver.close };
  },
  // four series of three metrics, however often their spans were written
  lostOf: () => 12,
});

let receiver: GrpcReceiver;

beforeEach(async () => {
  receiver = await grpcReceiver();
});

afterEach(() => receiver.close());

const body = Buffer.from('0a00', 'hex');

function deliveryTo(url: string, change: Parameters<typeof grpcOptions>[2] = {}) {
  return new OtlpDelivery('traces', grpcOptions(url, 'traces', change));
}

async function growth(name: 'spans_lost' | 'otel_trace_export_errors', reason: string, work: () => Promise<unknown>) {
  const before = counters.get(name, reason);
  await work();
  return counters.get(name, reason) - before;
}

test.each([
  status.CANCELLED,
  status.DEADLINE_EXCEEDED,
  status.ABORTED,
  status.OUT_OF_RANGE,
  status.UNAVAILABLE,
  status.DATA_LOSS,
])('the status %i is an invitation to come again', async (code) => {
  receiver.answers.push({ code }, { code });
  expect(await deliveryTo(receiver.url).send(body, 1)).toBe(true);
  expect(receiver.requests).toHaveLength(1);
});

test.each([
  [status.UNKNOWN, 'unknown'],
  [status.INVALID_ARGUMENT, 'invalid_argument'],
  [status.PERMISSION_DENIED, 'permission_denied'],
  [status.RESOURCE_EXHAUSTED, 'resource_exhausted'],
  [status.UNIMPLEMENTED, 'unimplemented'],
  [status.INTERNAL, 'internal'],
  [status.UNAUTHENTICATED, 'unauthenticated'],
])('the status %i is final', async (code, name) => {
  receiver.answers.push({ code });
  const lost = await growth('spans_lost', `otlp_grpc_${name}`, () => deliveryTo(receiver.url).send(body, 7));
  expect([lost, receiver.requests.length]).toEqual([7, 0]);
});

/** google.rpc.Status { code: 8, details: [Any { google.rpc.RetryInfo { retry_delay: { seconds, nanos } } }] } */
function retryInfo(delay: string): Buffer {
  const value = `0a${hexLength(delay)}${delay}`;
  const type = Buffer.from('type.googleapis.com/google.rpc.RetryInfo').toString('hex');
  const any = `0a${hexLength(type)}${type}12${hexLength(value)}${value}`;
  return Buffer.from(`08081a${hexLength(any)}${any}`, 'hex');
}

function hexLength(hex: string): string {
  return (hex.length / 2).toString(16).padStart(2, '0');
}

test('an exhausted receiver that says when to come again is heard', async () => {
  const details = retryInfo('1080ade204'); // 10 ms
  receiver.answers.push({ code: status.RESOURCE_EXHAUSTED, metadata: { 'grpc-status-details-bin': details } });
  const retry = { initialMs: 60_000, maxMs: 60_000, maxElapsedMs: 120_000 };
  expect(await deliveryTo(receiver.url, { retry }).send(body, 1)).toBe(true);
});

test.each([
  ['', undefined],
  [retryInfo('0805').toString('base64'), 5_000],
  [retryInfo('08021080cab5ee01').toString('base64'), 2_500],
  [Buffer.from('08081a020a00', 'hex').toString('base64'), undefined],
  [Buffer.from('1aff', 'hex').toString('base64'), undefined],
])('the details %j ask for %j ms', (details, ms) => {
  expect(retryInfoMs(details)).toBe(ms);
});

test('what a receiver does not take of a request is counted', async () => {
  // ExportTracePartialSuccess { rejected_spans: 3, error_message: "no" }
  receiver.answers.push({ body: Buffer.from('0a06' + '0803' + '12026e6f', 'hex') });
  expect(await growth('spans_lost', 'otlp_partial_success', () => deliveryTo(receiver.url).send(body, 5))).toBe(3);
});

test('a receiver that never answers costs the timeout, and the next attempt has a connection of its own', async () => {
  receiver.answers.push({ hang: true });
  const errors = await growth('otel_trace_export_errors', 'timeout', () =>
    deliveryTo(receiver.url, { timeoutMs: 50 }).send(body, 1),
  );
  expect([errors, receiver.requests.length]).toEqual([1, 1]);
});

test('headers become metadata, and the deadline is told', async () => {
  await deliveryTo(receiver.url, { headers: { 'X-Scope-OrgID': 'shop' } }).send(body, 1);
  expect(receiver.requests[0]?.headers).toMatchObject({ 'x-scope-orgid': 'shop' });
  expect(receiver.requests[0]?.headers['user-agent']).toMatch(/^beyla-typescript\//);
});

test('a compressed request is understood', async () => {
  const sink = tracesTo(receiver.url, { gzip: true });
  await sink.start();
  sink.write(spansOf(['/one']));
  await sink.stop();
  expect(receiver.spans().length).toBeGreaterThan(0);
});

test('a receiver that was away is found again', async () => {
  const delivery = deliveryTo(receiver.url, { retry: { initialMs: 5, maxMs: 20, maxElapsedMs: 10_000 } });
  expect(await delivery.send(body, 1)).toBe(true);
  await receiver.close();
  const sending = delivery.send(body, 1);
  receiver = await grpcReceiver(Number(new URL(receiver.url).port));
  expect(await sending).toBe(true);
  expect(receiver.requests).toHaveLength(1);
});

test('a server of plain HTTP/2 is no receiver', async () => {
  const server = createHttp2Server();
  server.on('stream', (stream) => {
    stream.respond({ ':status': 404 });
    stream.end('not here');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const lost = await growth('spans_lost', 'otlp_grpc_unimplemented', async () => {
    const delivery = deliveryTo(`http://127.0.0.1:${port}`);
    await delivery.send(body, 2);
    await delivery.finish(Promise.resolve(), 10);
  });
  expect(lost).toBe(2);
  server.close();
});

test('a server that is none of HTTP/2 ends nothing but the request', async () => {
  const server = createTcpServer((socket) => socket.on('error', () => {}).end('hello\r\n'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const retry = { initialMs: 5, maxMs: 5, maxElapsedMs: 50 };
  expect(await deliveryTo(`http://127.0.0.1:${port}`, { retry }).send(body, 1)).toBe(false);
  server.close();
});

test('a unix socket will do', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'beyla-grpc-'));
  const socket = join(folder, 'otlp.sock');
  const own = await grpcReceiver(`unix:${socket}`);
  expect(await deliveryTo(`unix://${socket}`).send(body, 1)).toBe(true);
  await own.close();
  rmSync(folder, { recursive: true });
});

describe('over TLS', () => {
  let made: Certificates;
  beforeAll(() => {
    made = makeCertificates();
  });
  afterAll(() => made.remove());
  const retry = { initialMs: 5, maxMs: 5, maxElapsedMs: 20 };

  async function isSent(server: 'server' | 'stranger', tls: Partial<DeliveryOptions['tls']>, asks = false) {
    const { cert, key } = made[server];
    const own = await grpcReceiver(0, { cert, key, ...(asks && { clientCa: made.ca.cert }) });
    const all = { insecureSkipVerify: false, caFile: '', certFile: '', keyFile: '', ...tls };
    const sent = await deliveryTo(own.url, { tls: all, retry }).send(body, 1);
    await own.close();
    return sent;
  }

  test('the authority of the certificate must be known', async () => {
    expect(await isSent('server', { caFile: made.ca.certFile })).toBe(true);
    expect(await isSent('server', {})).toBe(false);
  });

  test('a certificate for another name is refused, unless nothing is checked', async () => {
    expect(await isSent('stranger', { caFile: made.ca.certFile })).toBe(false);
    expect(await isSent('stranger', { insecureSkipVerify: true })).toBe(true);
  });

  test('the agent shows its certificate to who asks for one', async () => {
    const { certFile, keyFile } = made.client;
    expect(await isSent('server', { caFile: made.ca.certFile, certFile, keyFile }, true)).toBe(true);
    expect(await isSent('server', { caFile: made.ca.certFile }, true)).toBe(false);
  });
});
