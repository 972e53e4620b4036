import { TlsCall } from '../kernel/abi.gen.ts';
import type { ElfSymbol } from '../lib/elf-symbols.ts';
import type { Binary } from './binary.ts';
import { probesAt } from './c-functions.ts';
import type { FoundSymbols, Probe, ProbedFunction, ProbeFamily } from './probe-family.ts';
import { firstCall } from './site.ts';
import { tlsCall } from './tls-call.ts';

/** (SSL *, buffer, bytes[, where the number of bytes goes]). The names with _ex came with 1.1.1; BoringSSL lacks them. */
const read = tlsCall('SSL_read', TlsCall.read, 3);
const write = tlsCall('SSL_write', TlsCall.write, 3);
const readEx = tlsCall('SSL_read_ex', TlsCall.read | TlsCall.count4th, 4);
const writeEx = tlsCall('SSL_write_ex', TlsCall.write | TlsCall.count4th, 4);
const writeEx2 = tlsCall('SSL_write_ex2', TlsCall.write | TlsCall.count5th, 5);
const handshake = tlsCall('SSL_do_handshake', TlsCall.handshake, 1);
const free = tlsCall('SSL_free', TlsCall.free, 1);

/**
 * OpenSSL 1.1 and 3, BoringSSL and LibreSSL, as a library of any name or linked into a program. In some builds the exported functions
 * begin with an instruction that is dear to probe and call one function that does the work; it is the same for both
 * names, takes what SSL_read_ex takes, and is probed in their place.
 */
export const openssl: ProbeFamily = {
  name: 'OpenSSL',
  symbols: [read, write, readEx, writeEx, writeEx2, handshake, free].map(({ symbol }) => symbol),
  find: (binary, found) => {
    if (!found.has(read.symbol) || !found.has(write.symbol)) return [];
    // Since 3.3 the function inside takes flags as well, like SSL_write_ex2.
    const writeInside = found.has(writeEx2.symbol) ? writeEx2 : writeEx;
    return [
      ...cheapest(binary, found, [read, readEx], readEx),
      ...cheapest(binary, found, [write, writeEx, writeEx2], writeInside),
      ...[handshake, free].flatMap((one) => probesAt(binary, one, found.get(one.symbol))),
    ];
  },
};

/** Probes on each of the functions; or on the one that they all call, which takes what `like` takes, where only that is cheap. */
function cheapest(
  binary: Binary,
  found: FoundSymbols,
  all: readonly ProbedFunction[],
  like: ProbedFunction,
): readonly Probe[] {
  const own = all.flatMap((one) => probesAt(binary, one, found.get(one.symbol)));
  if (own.every(({ isCheap }) => isCheap) || !found.has(like.symbol)) return own;
  const [plain] = all;
  const [one, other] = [plain, like].map((each) => calledBy(binary, found.get(each?.symbol ?? '')));
  if (one === undefined || one !== other) return own;
  const inside = probesAt(binary, like, { address: one, bytes: 0 });
  return inside.length > 0 && inside.every(({ isCheap }) => isCheap) ? inside : own;
}

function calledBy(binary: Binary, symbol: ElfSymbol | undefined): number | undefined {
  const distance = symbol && firstCall(binary.image.machine, binary.code(symbol.address));
  return symbol === undefined || distance === undefined ? undefined : symbol.address + distance;
}
