/** What the suites compare of a span, read from the line that the JSON trace printer writes. */
export interface SeenSpan {
  readonly side: 'server' | 'client';
  readonly method: string;
  readonly path: string;
  readonly route: string;
  readonly status: number;
  readonly requestBytes: number;
  readonly responseBytes: number;
  readonly startUs: number;
  readonly handlerStartUs: number;
  readonly endUs: number;
  readonly peer: string;
  readonly host: string;
  readonly traceId: string;
  readonly spanId: string;
  /** Zeros where there is none. */
  readonly parentSpanId: string;
  readonly traceFlags: number;
  /** Undefined for one that begins its trace. */
  readonly parentRule: string | undefined;
  readonly traceState: string;
  readonly port: number;
}

interface Printed {
  readonly type: string;
  readonly peer: string;
  readonly host: string;
  readonly start: string;
  readonly handlerStart: string;
  readonly end: string;
  readonly traceID: string;
  readonly spanID: string;
  readonly parentSpanID: string;
  readonly traceFlags: string;
  readonly parentRule?: string;
  readonly traceState?: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** The spans of one line of the agent's output; none when it is a line of its log. */
export function spansIn(line: string): SeenSpan[] {
  if (!line.startsWith('[{')) return [];
  return (JSON.parse(line) as Printed[]).filter(({ type }) => type.startsWith('HTTP')).map(seen);
}

function seen({ type, peer, host, start, handlerStart, end, attributes, ...trace }: Printed): SeenSpan {
  return {
    side: type === 'HTTP' ? 'server' : 'client',
    method: attributes['method'] ?? '',
    path: attributes['url'] ?? '',
    route: attributes['route'] ?? '',
    status: Number(attributes['status']),
    requestBytes: Number(attributes['contentLen']),
    responseBytes: Number(attributes['responseLen']),
    startUs: Number(start),
    handlerStartUs: Number(handlerStart),
    endUs: Number(end),
    peer,
    host,
    traceId: trace.traceID,
    spanId: trace.spanID,
    parentSpanId: trace.parentSpanID,
    traceFlags: Number(trace.traceFlags),
    parentRule: trace.parentRule,
    traceState: trace.traceState ?? '',
    port: Number(attributes['serverPort']),
  };
}
