import { protobufFields } from '../lib/protobuf-reader.ts';
import type { OtlpEndpoint } from './otlp-endpoint.ts';

/** The receiver took the request but not everything in it. */
export interface PartialSuccess {
  readonly rejected: number;
  readonly why: string;
}

/** What an answer says of it; the messages of both signals are alike. An answer that cannot be read says nothing. */
export function partialSuccessOf(body: Uint8Array, protocol: OtlpEndpoint['protocol']): PartialSuccess | undefined {
  if (body.length === 0) return undefined;
  try {
    return protocol === 'http/json' ? fromJson(body) : fromProtobuf(Buffer.from(body));
  } catch {
    return undefined;
  }
}

interface JsonAnswer {
  readonly partialSuccess?: {
    readonly rejectedSpans?: number | string;
    readonly rejectedDataPoints?: number | string;
    readonly errorMessage?: string;
  };
}

function fromJson(body: Uint8Array): PartialSuccess | undefined {
  const { partialSuccess: partial } = JSON.parse(Buffer.from(body).toString()) as JsonAnswer;
  if (partial === undefined) return undefined;
  return {
    rejected: Number(partial.rejectedSpans ?? partial.rejectedDataPoints ?? 0),
    why: partial.errorMessage ?? '',
  };
}

function fromProtobuf(body: Buffer): PartialSuccess | undefined {
  const partial = [...protobufFields(body)].find(({ number }) => number === 1);
  if (partial === undefined) return undefined;
  let [rejected, why] = [0, ''];
  for (const { number, varint, bytes } of protobufFields(partial.bytes)) {
    if (number === 1) rejected = varint ?? 0;
    if (number === 2) why = bytes.toString();
  }
  return { rejected, why };
}
