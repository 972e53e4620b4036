export type OtlpSignal = 'traces' | 'metrics';
export type OtlpProtocol = 'grpc' | 'http/protobuf' | 'http/json';

/** The settings that decide where a signal goes; empty texts are settings that were not made. */
export interface EndpointSettings {
  readonly signal: OtlpSignal;
  /** The signal's own endpoint. */
  readonly endpoint: string;
  /** The endpoint of both signals. */
  readonly commonEndpoint: string;
  readonly protocol: string;
  /** Headers of both signals, those of the signal laid over them. */
  readonly headers: Readonly<Record<string, string>>;
  readonly grafana: GrafanaCloud;
}

export interface GrafanaCloud {
  readonly zone: string;
  readonly instanceId: string;
  readonly apiKey: string;
  /** Signals that go there: `metrics`, `traces`. */
  readonly submit: readonly string[];
}

export interface OtlpEndpoint {
  readonly url: URL;
  /** Path of a unix socket, with a leading NUL for an abstract one. */
  readonly socketPath: string | undefined;
  readonly protocol: OtlpProtocol;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * Where a signal goes, undefined when nobody asked for it.
 *
 * @throws Error that says what is wrong with the endpoint or the protocol
 */
export function otlpEndpoint(settings: EndpointSettings): OtlpEndpoint | undefined {
  const { signal, endpoint, commonEndpoint, grafana } = settings;
  if (endpoint !== '') return resolved(settings, endpoint, 'own');
  if (commonEndpoint !== '') return resolved(settings, commonEndpoint, 'common');
  if (grafana.zone === '' || !grafana.submit.some((word) => word.trim().toLowerCase() === signal)) return undefined;
  return resolved(settings, `https://otlp-gateway-${grafana.zone}.grafana.net/otlp`, 'common');
}

function resolved(settings: EndpointSettings, text: string, from: 'own' | 'common'): OtlpEndpoint {
  const { signal, headers, grafana } = settings;
  const socketPath = socketOf(text);
  const url = socketPath === undefined ? parsed(text, signal) : new URL('http://localhost');
  const protocol = protocolOf(settings.protocol, url);
  url.pathname = pathOf(signal, from, socketPath === undefined ? writtenPath(text) : '');
  return { url, socketPath, protocol, headers: { ...grafanaHeaders(grafana), ...lowerCased(headers) } };
}

function parsed(text: string, signal: OtlpSignal): URL {
  const url = URL.parse(text);
  if (url === null || url.host === '' || !/^https?:$/.test(url.protocol)) {
    throw new Error(`the OTLP endpoint of ${signal} must be an http or https URL with a host, not "${text}"`);
  }
  return url;
}

/** `unix:///run/otlp.sock`, `unix://@abstract`. */
function socketOf(text: string): string | undefined {
  if (!text.startsWith('unix://')) return undefined;
  const path = text.slice('unix://'.length);
  if (path === '' || Buffer.byteLength(path) > 107) throw new Error(`"${text}" does not name a unix socket`);
  return path.startsWith('@') ? `\u0000${path.slice(1)}` : path;
}

/** URL turns an empty path into `/`, but the rules tell the two apart. */
function writtenPath(text: string): string {
  return /^[a-z+]+:\/\/[^/?#]*([^?#]*)/i.exec(text)?.[1] ?? '';
}

/** Traces always get their path appended; a metrics endpoint of its own is taken as it is written. */
function pathOf(signal: OtlpSignal, from: 'own' | 'common', path: string): string {
  const suffix = `/v1/${signal}`;
  if (signal === 'metrics' && from === 'own') return path === '' ? suffix : path;
  const base = path.replace(/\/+$/, '');
  return signal === 'traces' && base.endsWith(suffix) ? base : base + suffix;
}

function protocolOf(text: string, { port }: URL): OtlpProtocol {
  if (text === 'grpc' || text === 'http/protobuf' || text === 'http/json') return text;
  if (text !== '') throw new Error(`unknown OTLP protocol "${text}": grpc, http/protobuf and http/json are known`);
  return port.endsWith('4317') ? 'grpc' : 'http/protobuf';
}

function grafanaHeaders({ instanceId, apiKey }: GrafanaCloud): Readonly<Record<string, string>> {
  if (instanceId === '' || apiKey === '') return {};
  return { authorization: `Basic ${Buffer.from(`${instanceId}:${apiKey}`).toString('base64')}` };
}

function lowerCased(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

/** The endpoint if this agent can speak to it; what is wrong is said to the caller. */
export function usableEndpoint(settings: EndpointSettings, onProblem: (why: string) => void): OtlpEndpoint | undefined {
  try {
    const endpoint = otlpEndpoint(settings);
    if (endpoint?.protocol !== 'grpc') return endpoint;
    onProblem(
      `OTLP over gRPC is not supported yet: set the protocol of ${settings.signal} to http/protobuf (port 4318)`,
    );
  } catch (error) {
    onProblem(error instanceof Error ? error.message : String(error));
  }
  return undefined;
}
