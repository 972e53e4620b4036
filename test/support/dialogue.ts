import type { Reader, Step, Writer } from './raw-peer.ts';

/** What a span says of one exchange. */
export interface Exchange {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly requestBytes: number;
  readonly responseBytes: number;
  /** One of `reasons`, when the exchange did not end as HTTP says. */
  readonly reason?: string;
}

/**
 * One case: what both ends do, and the exchanges that each of them took part in. A mark that one end tells lets the other
 * go on where it awaits it.
 */
export interface Dialogue {
  readonly name: string;
  readonly client: readonly Step[];
  readonly server: readonly Step[];
  readonly exchanges: readonly Exchange[];
  /** What the client's side says, where that differs. */
  readonly clientExchanges?: readonly Exchange[];
  /** Where the client connects, `127.0.0.1` without it. */
  readonly connect?: string;
  /** An end whose steps do not all succeed: calls on a connection that the other end has torn down. */
  readonly failing?: 'server' | 'client';
}

export const CRLF = '\r\n';
export const blankLine = '\r\n\r\n';

export function send(data: string, options: { how?: Writer; at?: readonly number[]; each?: number } = {}): Step {
  return { do: 'send', data, ...options };
}

export function read(bytes: number, options: { max?: number; how?: Reader } = {}): Step {
  return { do: 'read', bytes, ...options };
}

/** Reads to the end of a head. */
export const readHead: Step = { do: 'until', data: blankLine };
export const readToEnd: Step = { do: 'eof' };
export const shutdown: Step = { do: 'shutdown' };
export const close: Step = { do: 'close' };
export const reset: Step = { do: 'reset' };

export function tell(name: string): Step {
  return { do: 'tell', name };
}

export function wait(name: string): Step {
  return { do: 'await', name };
}

/** A request as text: `request('POST /p', 'body', 'X: y')`. The length of a body is announced. */
export function request(line: string, body = '', ...headers: string[]): string {
  const length = body === '' ? [] : [`Content-Length: ${body.length}`];
  return [`${line} HTTP/1.1`, 'Host: test', ...headers, ...length, '', body].join(CRLF);
}

export function response(status: number | string, body = '', ...headers: string[]): string {
  return [`HTTP/1.1 ${status}`, ...headers, `Content-Length: ${body.length}`, '', body].join(CRLF);
}

/** The dialogue of whole messages in turn on one connection. */
export function turns(...messages: readonly (readonly [request: string, response: string])[]): {
  client: Step[];
  server: Step[];
} {
  return {
    client: messages.flatMap(([asked, answered]) => [send(asked), read(answered.length)]),
    server: messages.flatMap(([asked, answered]) => [read(asked.length), send(answered)]),
  };
}

export function exchange(line: string, status: number, requestBytes = 0, responseBytes = 0): Exchange {
  const [method = '', path = ''] = line.split(' ');
  return { method, path, status, requestBytes, responseBytes };
}
