import { FramesEvent, FramesLimit, FramesType } from '../../src/kernel/abi.gen.ts';

/** A frame: https://www.rfc-editor.org/rfc/rfc9113#section-4.1 */
export function frame(type: number, flags: number, stream: number, payload: Buffer | string = ''): Buffer {
  const body = typeof payload === 'string' ? Buffer.from(payload.replaceAll(' ', ''), 'hex') : payload;
  const head = Buffer.alloc(FramesLimit.frameHead);
  head.writeUIntBE(body.length, 0, 3);
  head[3] = type;
  head[4] = flags;
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, body]);
}

/** What the kernel programs send of DATA; `prefix` are its first bytes. */
export function passed(
  stream: number,
  bytes: number,
  isEnd: boolean,
  prefix = '',
  type: number = FramesType.passed,
): Buffer {
  const record = Buffer.alloc(FramesLimit.frameHead + FramesLimit.prefixBytes);
  record.writeUIntBE(bytes, 0, 3);
  record[3] = type;
  record[4] = isEnd ? 1 : 0;
  record.writeUInt32BE(stream, 5);
  Buffer.from(prefix, 'hex').copy(record, FramesLimit.frameHead);
  return record;
}

/** The same of the other direction. */
export function passedOpposite(stream: number, bytes: number, prefix = ''): Buffer {
  return passed(stream, bytes, false, prefix, FramesType.passedOpposite);
}

/** A header block without any table: each field a literal that is not indexed. */
export function literals(fields: Readonly<Record<string, string>>): Buffer {
  const text = (value: string) => Buffer.concat([Buffer.from([value.length]), Buffer.from(value, 'latin1')]);
  return Buffer.concat(Object.entries(fields).flatMap(([name, value]) => [Buffer.from([0]), text(name), text(value)]));
}

export const framesLayout = {
  frameHead: FramesLimit.frameHead,
  prefixBytes: FramesLimit.prefixBytes,
  passedType: FramesType.passed,
  passedOppositeType: FramesType.passedOpposite,
};

export const framesAt = FramesEvent.at;
