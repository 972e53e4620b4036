/** https://grpc.github.io/grpc/core/md_doc_statuscodes.html */
const names = [
  'OK',
  'CANCELLED',
  'UNKNOWN',
  'INVALID_ARGUMENT',
  'DEADLINE_EXCEEDED',
  'NOT_FOUND',
  'ALREADY_EXISTS',
  'PERMISSION_DENIED',
  'RESOURCE_EXHAUSTED',
  'FAILED_PRECONDITION',
  'ABORTED',
  'OUT_OF_RANGE',
  'UNIMPLEMENTED',
  'INTERNAL',
  'UNAVAILABLE',
  'DATA_LOSS',
  'UNAUTHENTICATED',
] as const;

export const GrpcCode = {
  ok: 0,
  cancelled: 1,
  unknown: 2,
  deadlineExceeded: 4,
  permissionDenied: 7,
  resourceExhausted: 8,
  unimplemented: 12,
  internal: 13,
  unavailable: 14,
  dataLoss: 15,
  unauthenticated: 16,
} as const;

/** Upper-case name; the number itself where there is none. */
export function grpcName(code: number): string {
  return names[code] ?? String(code);
}

/** Codes by which a server says that it failed, and not the caller. */
const serverErrors: ReadonlySet<number> = new Set([
  GrpcCode.unknown,
  GrpcCode.deadlineExceeded,
  GrpcCode.unimplemented,
  GrpcCode.internal,
  GrpcCode.unavailable,
  GrpcCode.dataLoss,
]);

export function isGrpcError(code: number, isServer: boolean): boolean {
  return isServer ? serverErrors.has(code) : code !== GrpcCode.ok;
}

/** A whole answer without a status: https://github.com/grpc/grpc/blob/master/doc/http-grpc-status-mapping.md */
export function grpcCodeOfHttp(status: number): number {
  switch (status) {
    case 400:
      return GrpcCode.internal;
    case 401:
      return GrpcCode.unauthenticated;
    case 403:
      return GrpcCode.permissionDenied;
    case 404:
      return GrpcCode.unimplemented;
    case 429:
    case 502:
    case 503:
    case 504:
      return GrpcCode.unavailable;
    default:
      return GrpcCode.unknown;
  }
}

/** A reset by this error of HTTP/2: https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md#errors */
export function grpcCodeOfReset(code: number): number {
  switch (code) {
    case 7:
      return GrpcCode.unavailable;
    case 8:
      return GrpcCode.cancelled;
    case 11:
      return GrpcCode.resourceExhausted;
    case 12:
      return GrpcCode.permissionDenied;
    default:
      return GrpcCode.internal;
  }
}

/** Value of `grpc-status`; undefined when that is no code. */
export function grpcCodeOfText(text: string): number | undefined {
  return /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}

const unitNs: Readonly<Record<string, number>> = { H: 3600e9, M: 60e9, S: 1e9, m: 1e6, u: 1e3, n: 1 };

/** A client's clock for it starts a little before the request leaves. */
const timeoutSlack = 0.9;

/** Whether a call that lasted so long was over its time, the value of `grpc-timeout`. */
export function isOverdue(timeout: string, elapsedNs: number): boolean {
  const timeoutNs = grpcTimeoutNs(timeout);
  return timeoutNs !== undefined && elapsedNs >= timeoutNs * timeoutSlack;
}

/** Value of `grpc-timeout` in ns; undefined when there is none. */
export function grpcTimeoutNs(text: string): number | undefined {
  const [, digits, unit = ''] = /^(\d{1,8})([HMSmun])$/.exec(text) ?? [];
  return digits === undefined ? undefined : Number(digits) * (unitNs[unit] ?? 0);
}
