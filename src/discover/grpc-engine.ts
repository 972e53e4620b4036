import { once } from 'node:events';
import { connect as connectSocket, type Socket } from 'node:net';
import { callGrpc } from '../lib/grpc-call.ts';
import { protobufFields } from '../lib/protobuf-reader.ts';
import { engineTimeoutMs, maxAnswerBytes } from './containers.ts';

/** Its codes for a thing, or a method, that is not there. */
const NOT_FOUND = '5';
const UNIMPLEMENTED = '12';

export type Ask = (path: string, request: Uint8Array, headers?: Record<string, string>) => Promise<Buffer>;

/** Opens the socket of an engine that speaks gRPC for as long as the questions take. */
export async function withEngine<T>(
  socketPath: string,
  work: (ask: Ask) => Promise<T>,
  timeoutMs = engineTimeoutMs,
): Promise<T> {
  const socket = await opened(socketPath);
  // loaded only where there is an engine: it costs memory
  const { connect } = await import('node:http2');
  const session = connect('http://localhost', { createConnection: () => socket });
  const failed = new Promise<never>((_, reject) => session.on('error', reject));
  const ask: Ask = async (path, message, headers = {}) => {
    const call = { headers: { ':path': path, ...headers }, message, timeoutMs, maxAnswerBytes };
    const { status, message: answer } = await callGrpc(session, call);
    const code = status['grpc-status'];
    // What is not there is an empty answer: every field of it is missing.
    if (code === NOT_FOUND || code === UNIMPLEMENTED) return Buffer.alloc(0);
    if (code !== '0') throw new Error(`${path}: status ${code}, ${decodeURI(String(status['grpc-message'] ?? ''))}`);
    return answer;
  };
  try {
    return await Promise.race([work(ask), failed]);
  } finally {
    session.destroy();
  }
}

async function opened(path: string): Promise<Socket> {
  const socket = connectSocket(path);
  await once(socket, 'connect');
  return socket;
}

/** The fields of a message that hold texts or messages, by number, each in order. */
export function fieldsOf(message: Buffer): Map<number, Buffer[]> {
  const fields = new Map<number, Buffer[]>();
  for (const { number, bytes } of protobufFields(message)) {
    const all = fields.get(number) ?? [];
    if (all.length === 0) fields.set(number, all);
    all.push(bytes);
  }
  return fields;
}

/** A field that is left out is empty. */
export function textIn(message: Buffer | undefined, field: number): string {
  return (
    fieldsOf(message ?? Buffer.alloc(0))
      .get(field)
      ?.at(-1)
      ?.toString('utf8') ?? ''
  );
}

/** A map of texts: each entry is a message of its own. */
export function textsIn(entries: readonly Buffer[] | undefined): Record<string, string> {
  return Object.fromEntries((entries ?? []).map((entry) => [textIn(entry, 1), textIn(entry, 2)]));
}

/** A message of one field, which holds a text or a message. */
export function messageOf(field: number, value: string | Uint8Array): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([varint(field * 8 + 2), varint(bytes.length), bytes]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  return Buffer.from([...bytes, rest]);
}
