import type { OtlpEndpoint } from './otlp-endpoint.ts';

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
