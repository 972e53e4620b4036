import { ProbeCookie, TlsCall } from '../kernel/abi.gen.ts';
import type { ProbedFunction } from './probe-family.ts';

/** A function of a TLS library in C; `call` is what enum tls_call says of it. */
export function tlsCall(symbol: string, call: number, argumentCount: number): ProbedFunction {
  const entry = { program: 'tls_probe', cookie: call };
  const common = { symbol, arguments: argumentCount, entry };
  return call === TlsCall.free
    ? common
    : { ...common, returns: { program: 'tls_probe', cookie: call | ProbeCookie.return } };
}
