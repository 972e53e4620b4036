import { connect } from 'node:http2';
import { connect as connectSocket } from 'node:net';
import { BinaryReader, BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { callGrpc } from '../lib/grpc-call.ts';
import { engineTimeoutMs, maxAnswerBytes } from './containers.ts';

/** Its codes for a thing, or a method, that is not there. */
const NOT_FOUND = 5;
const UNIMPLEMENTED = 12;

export type Ask = (path: string, request: Uint8Array, headers?: Record<string, string>) => Promise<Uint8Array>;

/** Opens the socket of an engine that speaks gRPC for as long as the questions take. */
export async function withEngine<T>(
  socketPath: string,
  work: (ask: Ask) => Promise<T>,
  timeoutMs = engineTimeoutMs,
): Promise<T> {
  const session = connect('http://localhost', { createConnection: () => connectSocket(socketPath) });
  const failed = new Promise<never>((_, reject) => session.on('error', reject));
  const ask: Ask = async (path, request, headers = {}) => {
    const { code, message, body } = await callGrpc(session, { path, request, headers, timeoutMs, maxAnswerBytes });
    // What is not there is an empty answer: every field of it is missing.
    if (code === NOT_FOUND || code === UNIMPLEMENTED) return new Uint8Array();
    if (code !== 0) throw new Error(`${path} failed with status ${code}: ${message}`);
    return body;
  };
  try {
    return await Promise.race([work(ask), failed]);
  } finally {
    session.destroy();
  }
}

/** Reads a message: `take` reads the fields that it knows and says so. */
export function readMessage(bytes: Uint8Array, take: (field: number, reader: BinaryReader) => boolean): void {
  const reader = new BinaryReader(bytes);
  while (reader.pos < reader.len) {
    const [field, type] = reader.tag();
    if (!take(field, reader)) reader.skip(type, field);
  }
}

/** An entry of a map of texts is a message of its own. */
export function readEntry(bytes: Uint8Array, into: Record<string, string>): void {
  let [key, value] = ['', ''];
  readMessage(bytes, (field, reader) => {
    if (field === 1) key = reader.string();
    else if (field === 2) value = reader.string();
    else return false;
    return true;
  });
  into[key] = value;
}

/** A message of one field. */
export function messageOf(field: number, value: string | Uint8Array): Uint8Array {
  const writer = new BinaryWriter().tag(field, WireType.LengthDelimited);
  return (typeof value === 'string' ? writer.string(value) : writer.bytes(value)).finish();
}
