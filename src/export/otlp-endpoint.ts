import type { OtlpTarget } from '../config/otlp-target.ts';

export type OtlpSignal = 'traces' | 'metrics';

/** A receiver that this agent can speak to. */
export interface OtlpEndpoint {
  readonly url: URL;
  /** Path of a unix socket, with a leading NUL for an abstract one. */
  readonly socketPath: string | undefined;
  readonly protocol: 'http/protobuf' | 'http/json';
  readonly headers: Readonly<Record<string, string>>;
}

/** The endpoint of a signal; what stands in the way is told to the caller. */
export function otlpEndpoint(
  signal: OtlpSignal,
  { url, protocol, headers }: OtlpTarget,
  onProblem: (why: string) => void,
): OtlpEndpoint | undefined {
  if (protocol !== 'http/protobuf' && protocol !== 'http/json') {
    onProblem(`OTLP over ${protocol} is not supported yet: set the protocol to http/protobuf (usually port 4318)`);
    return undefined;
  }
  const socketPath = socketOf(url);
  if (socketPath === undefined) return { url: new URL(url), socketPath, protocol, headers };
  if (socketPath.length <= 1 || Buffer.byteLength(socketPath) > 107) {
    onProblem(`"${url}" does not name a unix socket`);
    return undefined;
  }
  return { url: new URL(`http://localhost/v1/${signal}`), socketPath, protocol, headers };
}

/** `unix:///run/otlp.sock`, `unix://@abstract`. */
function socketOf(url: string): string | undefined {
  if (!url.startsWith('unix://')) return undefined;
  const path = url.slice('unix://'.length);
  return path.startsWith('@') ? `\u0000${path.slice(1)}` : path;
}
