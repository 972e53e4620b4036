import { enabledParts, endpointOf } from './enabled.ts';
import type { Config } from './schema.ts';

export type OtlpProtocol = 'grpc' | 'http/protobuf' | 'http/json' | 'debug';

/** Where a signal goes and how. */
export interface OtlpTarget {
  /** With the path of the signal for HTTP; for gRPC, scheme and host. Empty for `debug`. */
  readonly url: string;
  readonly protocol: OtlpProtocol;
  readonly headers: Readonly<Record<string, string>>;
}

export type OtlpResolution =
  | { readonly is: 'off' }
  | { readonly is: 'on'; readonly target: OtlpTarget }
  | { readonly is: 'wrong'; readonly key: string; readonly value: string; readonly reason: string };

const off = { is: 'off' } as const;

/** Resolves endpoint, protocol and headers of a signal from its section, the standard variables and Grafana Cloud. */
export function resolveOtlp(config: Config, signal: 'metrics' | 'traces'): OtlpResolution {
  const section = signal === 'metrics' ? config.otel_metrics_export : config.otel_traces_export;
  const enabled = enabledParts(config);
  if (!(signal === 'metrics' ? enabled.otelMetrics : enabled.otelTraces)) return off;
  const key = `otel_${signal}_export`;
  const headers = headersOf(config, signal);
  if (signal === 'traces' && section.protocol === 'debug')
    return { is: 'on', target: { url: '', protocol: 'debug', headers } };
  const endpoint = withScheme(endpointOf(config, signal), section.protocol, isInsecure(config, signal));
  const url = URL.parse(endpoint === '' ? gatewayOf(config) : endpoint);
  const isUnix = url?.protocol === 'unix:';
  if (url === null || (url.host === '' && !isUnix)) {
    return { is: 'wrong', key: `${key}.endpoint`, value: endpoint, reason: 'is not a URL with a scheme and a host' };
  }
  const protocol = protocolOf(section.protocol, url);
  if (protocol === undefined) {
    return { is: 'wrong', key: `${key}.protocol`, value: section.protocol, reason: 'is not a protocol of OTLP' };
  }
  if (!isUnix && protocol !== 'grpc') url.pathname = pathOf(config, signal, url.pathname);
  return { is: 'on', target: { url: isUnix ? endpoint : shown(url, protocol), protocol, headers } };
}

/** `collector:4317`, which other exporters take for gRPC: TLS unless a variable says otherwise. */
function withScheme(endpoint: string, protocol: string, isInsecure: boolean): string {
  const isBare = protocol === 'grpc' && /^[^:/?#]+:\d+$/.test(endpoint);
  return isBare ? `${isInsecure ? 'http' : 'https'}://${endpoint}` : endpoint;
}

function isInsecure({ otlp }: Config, signal: 'metrics' | 'traces'): boolean {
  return (signal === 'metrics' ? otlp.insecure : otlp.traces_insecure).toLowerCase() === 'true';
}

function shown(url: URL, protocol: OtlpProtocol): string {
  return protocol === 'grpc' ? url.origin : url.href;
}

function gatewayOf(config: Config): string {
  return `https://otlp-gateway-${config.grafana.otlp.cloud_zone}.grafana.net/otlp`;
}

function protocolOf(written: string, url: URL): OtlpProtocol | undefined {
  if (written === 'grpc' || written === 'http/protobuf' || written === 'http/json') return written;
  if (written !== '') return undefined;
  return url.port.endsWith('4317') ? 'grpc' : 'http/protobuf';
}

/** Traces always end in /v1/traces; metrics do unless their own endpoint has a path. */
function pathOf(config: Config, signal: 'metrics' | 'traces', path: string): string {
  const base = path.replace(/\/+$/, '');
  if (signal === 'traces') return `${base.replace(/\/v1\/traces$/, '').replace(/\/+$/, '')}/v1/traces`;
  const own = config.otel_metrics_export.endpoint;
  if (own === '') return `${base}/v1/metrics`;
  const hasPath = /^[a-z]+:\/\/[^/?#]+\//i.test(own);
  return hasPath ? path : '/v1/metrics';
}

function headersOf(config: Config, signal: 'metrics' | 'traces'): Readonly<Record<string, string>> {
  const { cloud_instance_id: user, cloud_api_key: password } = config.grafana.otlp;
  const usesGateway = endpointOf(config, signal) === '';
  const basic = Buffer.from(`${user}:${password}`).toString('base64');
  const own = signal === 'metrics' ? config.otlp.metrics_headers : config.otlp.traces_headers;
  return withoutCaseTwins([
    usesGateway && user !== '' && password !== '' ? { Authorization: `Basic ${basic}` } : {},
    config.otlp.headers,
    own,
  ]);
}

/** Header names do not heed case, so a later one replaces an earlier one in whatever case. */
function withoutCaseTwins(layers: readonly Readonly<Record<string, string>>[]): Record<string, string> {
  const byName = new Map<string, readonly [string, string]>();
  for (const layer of layers) {
    for (const [name, value] of Object.entries(layer)) byName.set(name.toLowerCase(), [name, value]);
  }
  return Object.fromEntries(byName.values());
}
