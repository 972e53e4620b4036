import type { ReceivedRequest } from './otlp-receiver.ts';

/**
 * What requests hold, resource by resource, in one form: protobuf and the writers of JSON differ in what they leave out, in how
 * they write long numbers, and in how they spread resources over requests.
 */
export function byResource(requests: readonly ReceivedRequest[]): Readonly<Record<string, unknown>> {
  const all = new Map<string, unknown[]>();
  const add = (resource: unknown, items: readonly unknown[]): void => {
    const key = JSON.stringify(normal(resource));
    all.set(key, [...(all.get(key) ?? []), ...items.map((item) => normal(item))]);
  };
  for (const { resourceSpans = [], resourceMetrics = [] } of requests) {
    for (const { resource, scopeSpans } of resourceSpans) {
      for (const { scope, spans } of scopeSpans) add({ resource, scope }, spans);
    }
    for (const { resource, scopeMetrics } of resourceMetrics) {
      for (const { scope, metrics } of scopeMetrics) add({ resource, scope }, metrics);
    }
  }
  const sorted = [...all].map(([key, items]) => [key, items.map((item) => JSON.stringify(item)).sort()] as const);
  return Object.fromEntries(sorted.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Numbers that JSON writes as text, because they may be too long for a double. */
const longNumbers = /^(?:intValue|.*UnixNano|count|zeroCount|bucketCounts)$/;
/** When the point was read, which no two readers do at once. */
const momentary = 'timeUnixNano';

function normal(value: unknown, key = ''): unknown {
  if (Array.isArray(value)) return value.map((each) => normal(each, key));
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value)
      .map(([name, each]) => [name, normal(each, name)] as const)
      .filter(([name, each]) => name !== momentary && !isNothing(each));
    return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
  }
  if (typeof value === 'string' && longNumbers.test(key)) return Number(value);
  if (typeof value === 'boolean') return Number(value);
  return value;
}

function isNothing(value: unknown): boolean {
  if (typeof value === 'object' && value !== null) return Object.keys(value).length === 0;
  return value === undefined || value === 0 || value === '' || value === null;
}
