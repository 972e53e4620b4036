import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { metricsRequest, readProtobuf, tracesRequest } from './otlp-protobuf.ts';

export interface OtlpAttribute {
  readonly key: string;
  readonly value: Readonly<Record<string, unknown>>;
}

export interface ReceivedSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly OtlpAttribute[];
  readonly status: { readonly code?: number; readonly message?: string };
}

export interface ReceivedPoint {
  readonly startTimeUnixNano: string;
  readonly timeUnixNano: string;
  readonly count?: number | string;
  readonly sum?: number;
  readonly asDouble?: number;
  readonly bucketCounts?: readonly number[];
  readonly explicitBounds?: readonly number[];
  readonly scale?: number;
  readonly zeroCount?: number | string;
  readonly exemplars?: readonly { readonly traceId?: string; readonly spanId?: string; readonly asDouble?: number }[];
  readonly positive?: { readonly offset?: number; readonly bucketCounts: readonly (number | string)[] };
  readonly attributes: readonly OtlpAttribute[];
}

interface Points {
  readonly dataPoints: readonly ReceivedPoint[];
  readonly aggregationTemporality: number;
  readonly isMonotonic?: boolean;
}

export interface ReceivedMetric {
  readonly name: string;
  readonly description: string;
  readonly unit: string;
  readonly histogram?: Points;
  readonly exponentialHistogram?: Points;
  readonly sum?: Points;
  readonly gauge?: Points;
}

export interface ReceivedRequest {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly resourceSpans?: readonly {
    readonly resource: { readonly attributes: readonly OtlpAttribute[] };
    readonly scopeSpans: readonly {
      readonly scope: { readonly name: string };
      readonly spans: readonly ReceivedSpan[];
    }[];
  }[];
  readonly resourceMetrics?: readonly {
    readonly resource: { readonly attributes: readonly OtlpAttribute[] };
    readonly scopeMetrics: readonly {
      readonly scope: { readonly name: string };
      readonly metrics: readonly ReceivedMetric[];
    }[];
  }[];
}

/** What the receiver answers; the default takes everything. `hang` never answers. */
export interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer | string;
  readonly hang?: true;
}

export interface OtlpReceiver {
  readonly url: string;
  readonly requests: readonly ReceivedRequest[];
  /** Answers to come, the first for the next request; after them all are taken. */
  readonly answers: Answer[];
  spans(): readonly ReceivedSpan[];
  metrics(): readonly ReceivedMetric[];
  close(): Promise<void>;
}

/** `port` 0 lets the system choose; `onRequest` is called with each request that was taken. */
export async function otlpReceiver(
  port = 0,
  onRequest: (request: ReceivedRequest) => void = () => {},
): Promise<OtlpReceiver> {
  const requests: ReceivedRequest[] = [];
  const answers: Answer[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const answer = answers.shift() ?? {};
      if (answer.hang) return;
      const isTaken = (answer.status ?? 200) < 300;
      if (isTaken) {
        const taken = received(request.url ?? '', request.headers, Buffer.concat(chunks));
        requests.push(taken);
        onRequest(taken);
      }
      response.writeHead(answer.status ?? 200, answer.headers).end(answer.body);
    });
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const address = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${address.port}`,
    requests,
    answers,
    spans: () =>
      requests
        .flatMap((request) => request.resourceSpans ?? [])
        .flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans)),
    metrics: () =>
      requests
        .flatMap((request) => request.resourceMetrics ?? [])
        .flatMap(({ scopeMetrics }) => scopeMetrics.flatMap(({ metrics }) => metrics)),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function received(path: string, headers: IncomingHttpHeaders, raw: Buffer): ReceivedRequest {
  const body = headers['content-encoding'] === 'gzip' ? gunzipSync(raw) : raw;
  const isJson = headers['content-type'] === 'application/json';
  const message = path.endsWith('/v1/traces') ? tracesRequest : metricsRequest;
  return { path, headers, ...(isJson ? JSON.parse(body.toString()) : readProtobuf(body, message)) };
}

/** Attributes as plain values. */
export function plain(attributes: readonly OtlpAttribute[]): Record<string, unknown> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));
}

/** An address where nobody listens. */
export async function refusedUrl(): Promise<string> {
  const receiver = await otlpReceiver();
  await receiver.close();
  return receiver.url;
}
