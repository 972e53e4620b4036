import { EventKind, HttpEvent, HttpRole } from '../../src/kernel/abi.gen.ts';
import { startAfter } from '../../src/lib/record-start.ts';

/** A record of an exchange, as the kernel programs write it. */
export interface ExchangeRecord {
  readonly isClient: boolean;
  readonly trace: Buffer;
}

/** Those of a batch; records of other things are passed over. */
export function* exchangeRecords(bytes: Buffer, ends: Uint32Array, count: number): Iterable<ExchangeRecord> {
  for (let i = 0, at = 0; i < count; at = startAfter(ends[i] ?? 0), i++) {
    if (bytes.readUInt16LE(at) !== EventKind.http) continue;
    const isClient = bytes[at + HttpEvent.at.role] === HttpRole.client;
    yield { isClient, trace: bytes.subarray(at + HttpEvent.at.trace) };
  }
}
