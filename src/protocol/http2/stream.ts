import type { Field } from './header-table.ts';

/** Bytes of the length that stands before each message of gRPC, with its flag. */
const messagePrefixBytes = 5;

/** What one side of a stream has sent. */
export class Body {
  bytes = 0;
  isEnded = false;
  #firstMessageBytes = 0;

  add(bytes: number, prefix: Buffer, prefixAt: number): void {
    if (this.bytes === 0 && bytes > 0) this.#firstMessageBytes = messagePrefixBytes + prefix.readUInt32BE(prefixAt + 1);
    this.bytes += bytes;
  }

  /** Of length-prefixed messages: none, one, or more, which is said as two. */
  get messages(): number {
    if (this.bytes === 0) return 0;
    return this.bytes <= this.#firstMessageBytes ? 1 : 2;
  }
}

/** A reset, and which end of the exchange sent it. */
export interface Reset {
  readonly by: 'client' | 'server';
  readonly code: number;
}

/** A request and what is known of its answer. Instants are ns of CLOCK_MONOTONIC, 0 = did not happen. */
export class Stream {
  readonly id: number;
  /** Of the process that the request was read or written by. */
  readonly pid: number;
  readonly request: readonly Field[];
  readonly arrivalNs: number;
  readonly startNs: number;
  readonly requestBody = new Body();
  readonly responseBody = new Body();
  /** Undefined until the final ones came. */
  response: readonly Field[] | undefined;
  trailers: readonly Field[] | undefined;
  firstByteNs = 0;
  /** Told by a library. */
  handlerNs = 0;
  route = '';
  /** The answer began before the request was over. */
  isInterleaved = false;
  /** Frames were missed since it began, its end perhaps among them. */
  isDoubtful = false;

  constructor(id: number, pid: number, request: readonly Field[], arrivalNs: number, startNs: number) {
    this.id = id;
    this.pid = pid;
    this.request = request;
    this.arrivalNs = arrivalNs;
    this.startNs = startNs;
  }

  /** All of the body that the answer announced has passed. */
  get isAnswered(): boolean {
    const announced = fieldOf(this.response, 'content-length');
    return announced !== '' && Number(announced) === this.responseBody.bytes;
  }
}

/** How a stream ended: whole, reset, or with its connection. */
export type StreamEnd = { readonly is: 'complete' } | ({ readonly is: 'reset' } & Reset) | { readonly is: 'closed' };

/** Value of a header field, empty when there is none. The fields of a table are lower-case by protocol. */
export function fieldOf(fields: readonly Field[] | undefined, name: string): string {
  if (fields !== undefined) for (const field of fields) if (field.name === name) return field.value;
  return '';
}

export function valuesOf(fields: readonly Field[], name: string): string[] {
  return fields.filter((field) => field.name === name).map(({ value }) => value);
}

export function hasUnknown(fields: readonly Field[] | undefined): boolean {
  return fields?.some(({ name }) => name === '') ?? false;
}
