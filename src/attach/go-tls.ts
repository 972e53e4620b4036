import { ProbeCookie, TlsGo } from '../kernel/abi.gen.ts';
import { findGoFunctions, type GoFunction } from '../lib/go-functions.ts';
import type { Binary } from './binary.ts';
import { callsOf, goProbes, probesAt } from './go-functions.ts';
import type { Probe, ProbeFamily } from './probe-family.ts';

const hook = (cookie: number) => ({ program: 'tls_probe', cookie: cookie | ProbeCookie.go });

const read = 'crypto/tls.(*Conn).Read';
const write = 'crypto/tls.(*Conn).Write';
/** What Read moves the plaintext with: the former is put into it in most versions, and leaves the latter. */
const readBytes = 'bytes.(*Reader).Read';
const move = 'runtime.memmove';

/** crypto/tls of Go 1.18 and later, of any binary: stripped, static, loaded anywhere. */
export const goTls: ProbeFamily = {
  name: 'Go crypto/tls',
  symbols: [],
  find: async (binary) => {
    if (!binary.sections.some(({ name }) => name.endsWith('.gopclntab') || name === '.go.buildinfo')) return [];
    const found = await findGoFunctions(binary.file, binary.sections, [read, write, readBytes, move]);
    const reading = found.get(read);
    if (reading === undefined || !found.has(write)) return [];
    return [
      ...goProbes(binary, { symbol: read, arguments: 3, entry: hook(TlsGo.read) }, reading),
      ...readEnds(binary, reading, found),
      ...goProbes(binary, { symbol: write, arguments: 3, entry: hook(TlsGo.write) }, found.get(write)),
    ];
  },
};

/** The one call by which Read hands over what it decrypted is emulated; its return instructions are not. */
function readEnds(binary: Binary, reading: GoFunction, found: ReadonlyMap<string, GoFunction>): Probe[] {
  const ways = [
    [TlsGo.readBytes, found.get(readBytes)],
    [TlsGo.readMove, found.get(move)],
  ] as const;
  for (const [cookie, to] of ways) {
    const calls = callsOf(binary, reading, to);
    if (calls.length === 1) return probesAt(binary, reading, hook(cookie), calls);
  }
  return goProbes(binary, { symbol: read, arguments: 3, returns: hook(TlsGo.readEnd) }, reading);
}
