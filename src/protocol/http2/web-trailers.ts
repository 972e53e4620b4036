import { gunzipSync } from 'node:zlib';
import type { Field } from './header-table.ts';

/** In front of a message: flags and length. */
export const prefixBytes = 5;
/** A flag: the message is compressed. */
export const COMPRESSED = 1;
/** Trailers that claim to be longer are not read. */
const maxBytes = 64 * 1024;

/**
 * Trailers of gRPC-Web: a message of `name: value` lines, compressed like the messages before it. None where it is not by gzip.
 * https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-WEB.md
 */
export function webTrailersOf(message: Buffer): Field[] {
  return textOf(message)
    .split('\r\n')
    .map((line) => {
      const colon = line.indexOf(':');
      return { name: line.slice(0, Math.max(colon, 0)).toLowerCase(), value: line.slice(colon + 1).trim(), size: 0 };
    })
    .filter(({ name }) => name !== '');
}

function textOf(message: Buffer): string {
  const lines = message.subarray(prefixBytes);
  if (((message[0] ?? 0) & COMPRESSED) === 0) return lines.toString('latin1');
  try {
    return gunzipSync(lines, { maxOutputLength: maxBytes }).toString('latin1');
  } catch {
    return '';
  }
}
