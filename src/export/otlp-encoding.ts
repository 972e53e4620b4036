import type { OtlpEndpoint } from './otlp-endpoint.ts';

/** Receivers refuse requests of more than a few megabytes: those of gRPC, of more than four. */
export const maxRequestBytes = 2 * 1024 * 1024;

/** Pieces in their order, each request as large as it may be. */
export function requestsOf<P extends { readonly bytes: Uint8Array }>(pieces: readonly P[]): readonly P[][] {
  const requests: P[][] = [];
  let room = 0;
  for (const piece of pieces) {
    room -= piece.bytes.length;
    if (room >= 0) requests.at(-1)?.push(piece);
    else {
      requests.push([piece]);
      room = maxRequestBytes - piece.bytes.length;
    }
  }
  return requests;
}

/**
 * One request out of several. In protobuf, messages of a type that stand one after the other are one message with their
 * repeated fields joined (https://protobuf.dev/programming-guides/encoding/#last-one-wins); in JSON the one array is joined.
 * So spans are serialized in small pieces, as they come, and a flush has nothing left to do but to send.
 */
export function joined(parts: readonly Uint8Array[], protocol: OtlpEndpoint['protocol'], field: string): Uint8Array {
  if (parts.length === 1) return parts[0] as Uint8Array;
  if (protocol !== 'http/json') return Buffer.concat(parts);
  const head = Buffer.from(`{"${field}":[`);
  const comma = Buffer.from(',');
  const items = parts.flatMap((part, i) => [...(i === 0 ? [] : [comma]), part.subarray(head.length, part.length - 2)]);
  return Buffer.concat([head, ...items, Buffer.from(']}')]);
}
