import { HttpOutcome } from '../kernel/abi.gen.ts';
import type { HttpOutcome as Reason } from '../protocol/http-facts.ts';
import type { Endpoint } from '../span/span.ts';
import { addressText } from './addresses.ts';

const word = 4294967296;

/** The two ends of a connection, as the process sees them. */
export interface Ends {
  readonly local: Endpoint;
  readonly remote: Endpoint;
}

/** Where a record keeps them. */
export interface EndsLayout {
  readonly family: number;
  readonly local: number;
  readonly localPort: number;
  readonly remote: number;
  readonly remotePort: number;
}

/** The ends that the record which begins at `start` tells of. */
export function endsIn(bytes: Buffer, start: number, at: EndsLayout): Ends {
  const family = bytes[start + at.family] ?? 0;
  const end = (address: number, port: number): Endpoint => ({
    address: addressText(bytes, start + address, family),
    port: bytes.readUInt16LE(start + port),
    name: '',
  });
  return { local: end(at.local, at.localPort), remote: end(at.remote, at.remotePort) };
}

/** Ends that are kept for more than one span: names are given later, to each span anew, and not at all after the configuration has changed. */
export function unnamed(ends: Ends): Ends {
  ends.local.name = '';
  ends.remote.name = '';
  return ends;
}

/** Exact to 2^53, 104 days in ns; reading it as a bigint would cost more than all the rest of a record. */
export function u64(bytes: Buffer, offset: number): number {
  return bytes.readUInt32LE(offset + 4) * word + bytes.readUInt32LE(offset);
}

/** Who broke the exchange off, told from the side of the process that was watched. */
export function reasonOf(outcome: number | undefined, isServer: boolean): Reason {
  switch (outcome) {
    case HttpOutcome.peerClosed:
      return isServer ? 'client_abort' : 'no_response';
    case HttpOutcome.peerReset:
      return isServer ? 'client_abort' : 'server_reset';
    case HttpOutcome.localClosed:
      return isServer ? 'no_response' : 'client_abort';
    case HttpOutcome.localReset:
      return isServer ? 'server_reset' : 'client_abort';
    default:
      return 'complete';
  }
}
