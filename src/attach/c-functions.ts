import type { ElfSymbol } from '../lib/elf-symbols.ts';
import type { Binary } from './binary.ts';
import type { FoundSymbols, Probe, ProbedFunction } from './probe-family.ts';
import { entrySite } from './site.ts';

/** Probes on functions of C, from a table of them; none when one that is not optional is missing. */
export function tableProbes(binary: Binary, table: readonly ProbedFunction[], found: FoundSymbols): readonly Probe[] {
  const isWhole = table.every(({ symbol, isOptional }) => isOptional === true || found.has(symbol));
  return isWhole ? table.flatMap((one) => probesAt(binary, one, found.get(one.symbol))) : [];
}

/** Probes on one function, wherever it was found. */
export function probesAt(binary: Binary, wanted: ProbedFunction, symbol: ElfSymbol | undefined): readonly Probe[] {
  if (symbol === undefined) return [];
  const { entry, returns } = wanted;
  const { machine } = binary.image;
  const site = entrySite(machine, binary.code(symbol.address), wanted.arguments, returns !== undefined);
  const offset = binary.image.offsetOf(symbol.address);
  if (site === undefined || offset === undefined) return [];
  const at = { offset: offset + site.at, isCheap: site.isCheap };
  return [
    ...(entry === undefined ? [] : [{ ...entry, ...at, isReturn: false }]),
    ...(returns === undefined ? [] : [{ ...returns, ...at, isReturn: true }]),
  ];
}
