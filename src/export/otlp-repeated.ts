import type { Resource } from '@opentelemetry/resources';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { hasValues, keyOf, LatelyMet } from '../lib/lately-met.ts';
import { Lru } from '../lib/lru.ts';
import { protobufFields } from '../lib/protobuf-reader.ts';
import { ProtobufWriter } from '../lib/protobuf-writer.ts';
import { wallWords } from '../span/clock.ts';
import type { Span } from '../span/span.ts';
import { hasWaited, partsOf, type SpanPart } from './otlp-span.ts';

/** Numbers of fields: https://github.com/open-telemetry/opentelemetry-proto/blob/main/opentelemetry/proto/trace/v1/trace.proto */
const inRequest = { resourceSpans: 1 } as const;
const inResourceSpans = { scopeSpans: 2 } as const;
const inScopeSpans = { spans: 2 } as const;
const inSpan = { traceId: 1, spanId: 2, parentSpanId: 4, start: 7, end: 8 } as const;
const ownOfEach: ReadonlySet<number> = new Set(Object.values(inSpan));
const nothing = Buffer.alloc(0);

/** Of a resource, in each of two generations. */
const rememberedPatterns = 256;
/** Places to write to that are kept for later. */
const idleWriters = 4;

/** Spans that have all this in common. */
interface Pattern {
  readonly values: readonly unknown[];
  /** The fields that they share, of each part, as the serializer wrote them; empty until there is a second span. */
  fields: readonly Uint8Array[];
}

/** The spans of a resource. */
interface Family {
  readonly lately: LatelyMet<Pattern>;
  readonly known: Lru<string, Pattern>;
  /** Those that wait. */
  spans: ProtobufWriter | undefined;
  /** What stands in the request around spans: fields of ResourceSpans and of ScopeSpans. */
  around: { readonly resource: readonly Uint8Array[]; readonly scope: readonly Uint8Array[] };
}

/** Writes an ExportTraceServiceRequest in protobuf. */
type Serialize = (spans: ReadableSpan[]) => Uint8Array | undefined;

/**
 * Most spans differ from an earlier one in ids and times alone. Of these the serializer has written all the rest already: it is
 * taken from there, for writing it anew is what most of a span's time goes into. Fields of a message may come in any order.
 */
export class RepeatedSpans {
  readonly #serialize: Serialize;
  readonly #families = new WeakMap<Resource, Family>();
  /** Grown already, and nobody's: new ones each time would be memory to be collected. */
  readonly #writers: ProtobufWriter[] = [];
  /** Those with spans that wait. */
  #waiting: Family[] = [];

  constructor(serialize: Serialize) {
    this.#serialize = serialize;
  }

  /** False when the span is like none before it: then the serializer is to write it. `made`: its parts as the SDK knows them. */
  add(span: Span, resource: Resource, made: () => ReadableSpan[]): boolean {
    if (span.traceState !== '') return false;
    const values = valuesOf(span);
    if (values === undefined) return false;
    const family = this.#families.get(resource) ?? this.#newFamily(resource);
    const pattern = patternOf(family, values);
    if (pattern === undefined) return false;
    if (pattern.fields.length === 0 && !this.#learn(family, pattern, made())) return false;
    const writer = family.spans ?? this.#begin(family);
    partsOf(span).forEach((part, i) => {
      write(writer, span.traceId, part, pattern.fields[i] ?? nothing);
    });
    return true;
  }

  #begin(family: Family): ProtobufWriter {
    family.spans = this.#writers.pop() ?? new ProtobufWriter();
    this.#waiting.push(family);
    return family.spans;
  }

  /** Bytes of those that wait. */
  get bytes(): number {
    return this.#waiting.reduce((sum, { spans }) => sum + (spans?.length ?? 0), 0);
  }

  /** A request with all that were added since the last time. Whoever has no more use for its bytes says so. */
  take(): { readonly bytes: Uint8Array; done(): void } {
    const writer = this.#writers.pop() ?? new ProtobufWriter();
    for (const family of this.#waiting) {
      const { spans, around } = family;
      if (spans === undefined) continue;
      writer.message(inRequest.resourceSpans, () => {
        for (const field of around.resource) writer.copy(field);
        writer.message(inResourceSpans.scopeSpans, () => {
          for (const field of around.scope) writer.copy(field);
          writer.copy(spans.view());
        });
      });
      this.#keep(spans);
      family.spans = undefined;
    }
    this.#waiting = [];
    return { bytes: writer.view(), done: () => this.#keep(writer) };
  }

  #keep(writer: ProtobufWriter): void {
    if (this.#writers.length < idleWriters) this.#writers.push(writer);
  }

  #newFamily(resource: Resource): Family {
    const family: Family = {
      lately: new LatelyMet(),
      known: new Lru(rememberedPatterns),
      spans: undefined,
      around: { resource: [], scope: [] },
    };
    this.#families.set(resource, family);
    return family;
  }

  #learn(family: Family, pattern: Pattern, made: ReadableSpan[]): boolean {
    const request = this.#serialize(made);
    if (request === undefined) return false;
    const [resource = nothing] = split(Buffer.from(request), inRequest.resourceSpans).inner;
    const { inner: scopes, others: ofResource } = split(resource, inResourceSpans.scopeSpans);
    const { inner: spans, others: ofScope } = split(scopes[0] ?? nothing, inScopeSpans.spans);
    family.around = { resource: ofResource, scope: ofScope };
    pattern.fields = spans.map(sharedFields);
    return true;
  }
}

/** Undefined for a span that has lists. */
function valuesOf(span: Span): readonly unknown[] | undefined {
  const { attributes } = span;
  const values: unknown[] = [
    span.name,
    span.kind,
    span.status,
    span.statusMessage,
    span.traceFlags,
    span.parentSpanId === '',
    hasWaited(span),
  ];
  for (const name in attributes) {
    const value = attributes[name as keyof typeof attributes];
    if (typeof value === 'object') return undefined;
    values.push(name, value);
  }
  return values;
}

/** That of these values, when they have been met before. */
function patternOf({ lately, known }: Family, values: readonly unknown[]): Pattern | undefined {
  const met = lately.get(values);
  if (met !== undefined) return met;
  const key = keyOf(values);
  const pattern = known.get(key);
  if (pattern === undefined || !hasValues(pattern, values)) {
    known.set(key, { values, fields: [] });
    return undefined;
  }
  lately.add(pattern);
  return pattern;
}

/** What the messages of this number hold, and all other fields. */
function split(
  message: Buffer,
  number: number,
): { readonly inner: readonly Buffer[]; readonly others: readonly Buffer[] } {
  const fields = [...protobufFields(message)];
  return {
    inner: fields.filter((field) => field.number === number).map(({ bytes }) => bytes),
    others: fields.filter((field) => field.number !== number).map(({ whole }) => whole),
  };
}

/** All but those that each span has of its own. */
function sharedFields(span: Buffer): Buffer {
  return Buffer.concat(
    [...protobufFields(span)].filter(({ number }) => !ownOfEach.has(number)).map(({ whole }) => whole),
  );
}

/** Bytes of the fields that each span has of its own: a tag and, for ids, a length, and the value. */
const ownBytes = { traceId: 18, spanId: 10, parentSpanId: 10, time: 9 } as const;

function write(
  writer: ProtobufWriter,
  traceId: string,
  { spanId, parentSpanId, startNs, endNs }: SpanPart,
  fields: Uint8Array,
): void {
  const parentBytes = parentSpanId === '' ? 0 : ownBytes.parentSpanId;
  const ids = ownBytes.traceId + ownBytes.spanId + parentBytes;
  writer.beginOf(inScopeSpans.spans, ids + 2 * ownBytes.time + fields.length);
  writer.hex(inSpan.traceId, traceId);
  writer.hex(inSpan.spanId, spanId);
  if (parentSpanId !== '') writer.hex(inSpan.parentSpanId, parentSpanId);
  writer.fixed64Words(inSpan.start, wallWords(startNs));
  writer.fixed64Words(inSpan.end, wallWords(endNs));
  writer.copy(fields);
}
