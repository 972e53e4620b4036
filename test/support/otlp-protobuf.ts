/**
 * Reads OTLP requests without any library of the exporter, so that both cannot share a mistake. The result has the shape of
 * OTLP's JSON form. Field numbers: https://github.com/open-telemetry/opentelemetry-proto
 */
type Scalar =
  | 'string'
  | 'int'
  | 'sint'
  | 'hex'
  | 'varint'
  | 'fixed64'
  | 'fixed32'
  | 'double'
  | 'fixed64s'
  | 'doubles'
  | 'varints';
interface Field {
  readonly name: string;
  readonly of: Scalar | Message;
  readonly isList?: true;
}
type Message = { readonly [number: number]: Field };

const anyValue: Record<number, Field> = {
  1: { name: 'stringValue', of: 'string' },
  2: { name: 'boolValue', of: 'varint' },
  3: { name: 'intValue', of: 'int' },
  4: { name: 'doubleValue', of: 'double' },
  5: {
    name: 'arrayValue',
    of: { 1: { name: 'values', of: { 1: { name: 'stringValue', of: 'string' } }, isList: true } },
  },
};
const attribute: Message = { 1: { name: 'key', of: 'string' }, 2: { name: 'value', of: anyValue } };
const resource: Message = { 1: { name: 'attributes', of: attribute, isList: true } };
const scope: Message = { 1: { name: 'name', of: 'string' }, 2: { name: 'version', of: 'string' } };
const span: Message = {
  1: { name: 'traceId', of: 'hex' },
  2: { name: 'spanId', of: 'hex' },
  4: { name: 'parentSpanId', of: 'hex' },
  5: { name: 'name', of: 'string' },
  6: { name: 'kind', of: 'varint' },
  7: { name: 'startTimeUnixNano', of: 'fixed64' },
  8: { name: 'endTimeUnixNano', of: 'fixed64' },
  9: { name: 'attributes', of: attribute, isList: true },
  15: { name: 'status', of: { 2: { name: 'message', of: 'string' }, 3: { name: 'code', of: 'varint' } } },
  16: { name: 'flags', of: 'fixed32' },
};
const point = {
  2: { name: 'startTimeUnixNano', of: 'fixed64' },
  3: { name: 'timeUnixNano', of: 'fixed64' },
} as const;
const exemplar: Message = {
  2: { name: 'timeUnixNano', of: 'fixed64' },
  3: { name: 'asDouble', of: 'double' },
  4: { name: 'spanId', of: 'hex' },
  5: { name: 'traceId', of: 'hex' },
};
const histogramPoint: Message = {
  ...point,
  4: { name: 'count', of: 'fixed64' },
  5: { name: 'sum', of: 'double' },
  6: { name: 'bucketCounts', of: 'fixed64s' },
  7: { name: 'explicitBounds', of: 'doubles' },
  8: { name: 'exemplars', of: exemplar, isList: true },
  9: { name: 'attributes', of: attribute, isList: true },
};
const numberPoint: Message = {
  ...point,
  4: { name: 'asDouble', of: 'double' },
  7: { name: 'attributes', of: attribute, isList: true },
};
const exponentialBuckets: Message = {
  1: { name: 'offset', of: 'sint' },
  2: { name: 'bucketCounts', of: 'varints' },
};
const exponentialPoint: Message = {
  1: { name: 'attributes', of: attribute, isList: true },
  ...point,
  4: { name: 'count', of: 'fixed64' },
  5: { name: 'sum', of: 'double' },
  6: { name: 'scale', of: 'sint' },
  7: { name: 'zeroCount', of: 'fixed64' },
  8: { name: 'positive', of: exponentialBuckets },
  11: { name: 'exemplars', of: exemplar, isList: true },
};
const temporality = { 2: { name: 'aggregationTemporality', of: 'varint' } } as const;
const metric: Message = {
  1: { name: 'name', of: 'string' },
  2: { name: 'description', of: 'string' },
  3: { name: 'unit', of: 'string' },
  5: { name: 'gauge', of: { 1: { name: 'dataPoints', of: numberPoint, isList: true } } },
  7: {
    name: 'sum',
    of: {
      1: { name: 'dataPoints', of: numberPoint, isList: true },
      ...temporality,
      3: { name: 'isMonotonic', of: 'varint' },
    },
  },
  10: {
    name: 'exponentialHistogram',
    of: { 1: { name: 'dataPoints', of: exponentialPoint, isList: true }, ...temporality },
  },
  9: { name: 'histogram', of: { 1: { name: 'dataPoints', of: histogramPoint, isList: true }, ...temporality } },
};

export const tracesRequest: Message = request('resourceSpans', 'scopeSpans', { name: 'spans', of: span, isList: true });
export const metricsRequest: Message = request('resourceMetrics', 'scopeMetrics', {
  name: 'metrics',
  of: metric,
  isList: true,
});

function request(top: string, scoped: string, items: Field): Message {
  const inScope: Message = { 1: { name: 'scope', of: scope }, 2: items };
  return {
    1: {
      name: top,
      isList: true,
      of: { 1: { name: 'resource', of: resource }, 2: { name: scoped, of: inScope, isList: true } },
    },
  };
}

export function readProtobuf(bytes: Buffer, message: Message): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const { name, isList } of Object.values(message)) if (isList) result[name] = [];
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = bytes.readUInt8(at++);
      value += (byte & 127) * factor;
      if (byte < 128) return value;
    }
  };
  while (at < bytes.length) {
    const tag = varint();
    const start = at;
    const wire = tag & 7;
    const length = wire === 2 ? varint() : 0;
    const from = wire === 2 ? at : start;
    at = wire === 0 ? at : from + { 1: 8, 2: length, 5: 4 }[wire as 1 | 2 | 5];
    const field = message[tag >>> 3];
    const value = wire === 0 ? varint() : bytes.subarray(from, at);
    if (field === undefined) continue;
    const isInt = field.of === 'int';
    const read = isInt
      ? signedIn(bytes.subarray(from, at))
      : typeof value === 'number'
        ? readNumber(value, field.of)
        : readField(value, field.of);
    if (field.isList) (result[field.name] as unknown[]).push(read);
    else result[field.name] = read;
  }
  return result;
}

function readField(bytes: Buffer, of: Scalar | Message): unknown {
  switch (of) {
    case 'string':
      return bytes.toString();
    case 'hex':
      return bytes.toString('hex');
    case 'fixed64':
      return String(bytes.readBigUInt64LE());
    case 'fixed32':
      return bytes.readUInt32LE();
    case 'double':
      return bytes.readDoubleLE();
    case 'fixed64s':
      return eights(bytes).map((each) => Number(each.readBigUInt64LE()));
    case 'doubles':
      return eights(bytes).map((each) => each.readDoubleLE());
    case 'varints':
      return varintsIn(bytes);
    case 'int':
    case 'sint':
    case 'varint':
      throw new Error('a varint has no length');
    default:
      return readProtobuf(bytes, of);
  }
}

function eights(bytes: Buffer): Buffer[] {
  return Array.from({ length: bytes.length / 8 }, (_, i) => bytes.subarray(i * 8, i * 8 + 8));
}

function varintsIn(bytes: Buffer): number[] {
  const values: number[] = [];
  let value = 0;
  let factor = 1;
  for (const byte of bytes) {
    value += (byte & 127) * factor;
    factor *= 128;
    if (byte >= 128) continue;
    values.push(value);
    [value, factor] = [0, 1];
  }
  return values;
}

/** A varint of 64 bits in two's complement. */
function signedIn(bytes: Buffer): number {
  const bits = bytes.reduceRight((sum, byte) => sum * 128n + BigInt(byte & 127), 0n);
  return Number(BigInt.asIntN(64, bits));
}

/** `sint` counts on both sides of zero in turn. */
function readNumber(value: number, of: Scalar | Message): number {
  if (of !== 'sint') return value;
  return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
}
