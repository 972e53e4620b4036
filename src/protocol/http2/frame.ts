/** https://www.rfc-editor.org/rfc/rfc9113#section-6 */
export const FrameType = {
  data: 0,
  headers: 1,
  resetStream: 3,
  pushPromise: 5,
  goAway: 7,
  continuation: 9,
} as const;

export const FrameFlag = { endStream: 1, endHeaders: 4, padded: 8, priority: 32 } as const;

/** https://www.rfc-editor.org/rfc/rfc9113#section-7, as far as somebody asks for them. */
export const ErrorCode = {
  noError: 0,
  refusedStream: 7,
  cancel: 8,
  enhanceYourCalm: 11,
  inadequateSecurity: 12,
} as const;

/** The payload without its padding and, of HEADERS, without the priority. Undefined when they do not fit into it. */
export function unpadded(payload: Buffer, type: number, flags: number): Buffer | undefined {
  const isPadded = (flags & FrameFlag.padded) !== 0;
  const hasPriority = type === FrameType.headers && (flags & FrameFlag.priority) !== 0;
  const from = (isPadded ? 1 : 0) + (hasPriority ? 5 : 0);
  const to = payload.length - (isPadded ? (payload[0] ?? 0) : 0);
  return from <= to ? payload.subarray(from, to) : undefined;
}
