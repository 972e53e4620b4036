import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { until } from './until.ts';

/** A span as it came over OTLP. */
export interface ReceivedSpan {
  readonly service: string;
  readonly name: string;
  readonly kind: number;
  /** 0 unset, 1 ok, 2 error. */
  readonly statusCode: number;
  readonly attributes: Readonly<Record<string, string | number>>;
}

export const spanKinds = { server: 2, client: 3 } as const;

interface KeyValue {
  readonly key: string;
  readonly value: { readonly stringValue?: string; readonly intValue?: string | number };
}

interface Message {
  readonly resourceSpans?: readonly {
    readonly resource: { readonly attributes: readonly KeyValue[] };
    readonly scopeSpans: readonly {
      readonly spans: readonly {
        readonly name: string;
        readonly kind: number;
        readonly status?: { readonly code?: number };
        readonly attributes: readonly KeyValue[];
      }[];
    }[];
  }[];
}

/** Takes traces over OTLP/HTTP with JSON: https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding */
export class TraceReceiver {
  readonly spans: ReceivedSpan[] = [];
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(): Promise<TraceReceiver> {
    const server = createServer();
    const receiver = new TraceReceiver(server);
    server.on('request', (request, response) => {
      text(request)
        .then((body) => receiver.#take(JSON.parse(body) as Message))
        .then(() => response.writeHead(200, { 'content-type': 'application/json' }).end('{}'))
        .catch((error: Error) => response.writeHead(400).end(error.message));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return receiver;
  }

  /** What the agent needs to send its spans here without delay. */
  get agentEnv(): Record<string, string> {
    const { port } = this.#server.address() as AddressInfo;
    return {
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `http://127.0.0.1:${port}/v1/traces`,
      OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'http/json',
      BEYLA_OTLP_TRACES_BATCH_TIMEOUT: '20ms',
    };
  }

  /** Waits for that many spans and returns all that came. */
  async spansWhere(wanted: (span: ReceivedSpan) => boolean, count: number): Promise<ReceivedSpan[]> {
    const matching = () => this.spans.filter(wanted);
    await until(() => matching().length >= count, {
      what: () => `${count} spans over OTLP, not ${JSON.stringify(matching())}`,
    });
    return matching();
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #take({ resourceSpans = [] }: Message): void {
    for (const { resource, scopeSpans } of resourceSpans) {
      const service = String(valuesOf(resource.attributes)['service.name']);
      for (const { name, kind, status, attributes } of scopeSpans.flatMap(({ spans }) => spans)) {
        this.spans.push({ service, name, kind, statusCode: status?.code ?? 0, attributes: valuesOf(attributes) });
      }
    }
  }
}

function valuesOf(attributes: readonly KeyValue[]): Record<string, string | number> {
  return Object.fromEntries(
    attributes.map(({ key, value }) => [key, value.stringValue ?? Number(value.intValue ?? Number.NaN)]),
  );
}
