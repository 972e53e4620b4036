import type { Field } from '../lib/message-writer.ts';

/** The messages of https://github.com/open-telemetry/opentelemetry-proto, as far as they are written here. */

function field(number: number, name: string): Field {
  return { number, name };
}

export const ATTRIBUTE = { key: field(1, 'key'), value: field(2, 'value') } as const;

export const ANY_VALUE = {
  string: field(1, 'stringValue'),
  bool: field(2, 'boolValue'),
  int: field(3, 'intValue'),
  double: field(4, 'doubleValue'),
  array: field(5, 'arrayValue'),
  values: field(1, 'values'),
} as const;

/** From the top of a request to its items, for one signal. */
export interface SignalFields {
  readonly resources: Field;
  readonly scopes: Field;
  readonly items: Field;
}

export const TRACES: SignalFields = {
  resources: field(1, 'resourceSpans'),
  scopes: field(2, 'scopeSpans'),
  items: field(2, 'spans'),
};

export const METRICS: SignalFields = {
  resources: field(1, 'resourceMetrics'),
  scopes: field(2, 'scopeMetrics'),
  items: field(2, 'metrics'),
};

export const RESOURCE = field(1, 'resource');
export const RESOURCE_ATTRIBUTES = field(1, 'attributes');
export const SCOPE = field(1, 'scope');
export const SCOPE_NAME = field(1, 'name');
export const SCOPE_VERSION = field(2, 'version');

export const SPAN = {
  traceId: field(1, 'traceId'),
  spanId: field(2, 'spanId'),
  traceState: field(3, 'traceState'),
  parentSpanId: field(4, 'parentSpanId'),
  name: field(5, 'name'),
  kind: field(6, 'kind'),
  start: field(7, 'startTimeUnixNano'),
  end: field(8, 'endTimeUnixNano'),
  attributes: field(9, 'attributes'),
  status: field(15, 'status'),
  flags: field(16, 'flags'),
} as const;

export const STATUS = { message: field(2, 'message'), code: field(3, 'code') } as const;

export const METRIC = {
  name: field(1, 'name'),
  description: field(2, 'description'),
  unit: field(3, 'unit'),
  gauge: field(5, 'gauge'),
  sum: field(7, 'sum'),
  histogram: field(9, 'histogram'),
  exponential: field(10, 'exponentialHistogram'),
} as const;

/** Of sums and of both kinds of histograms; a gauge has the points only. */
export const SERIES = {
  points: field(1, 'dataPoints'),
  temporality: field(2, 'aggregationTemporality'),
  isMonotonic: field(3, 'isMonotonic'),
} as const;

/** Alike in all kinds of points. */
export const POINT = { start: field(2, 'startTimeUnixNano'), time: field(3, 'timeUnixNano') } as const;

export const NUMBER_POINT = { attributes: field(7, 'attributes'), value: field(4, 'asDouble') } as const;

export const HISTOGRAM_POINT = {
  attributes: field(9, 'attributes'),
  count: field(4, 'count'),
  sum: field(5, 'sum'),
  bucketCounts: field(6, 'bucketCounts'),
  bounds: field(7, 'explicitBounds'),
  exemplars: field(8, 'exemplars'),
} as const;

export const EXPONENTIAL_POINT = {
  attributes: field(1, 'attributes'),
  count: field(4, 'count'),
  sum: field(5, 'sum'),
  scale: field(6, 'scale'),
  zeroCount: field(7, 'zeroCount'),
  positive: field(8, 'positive'),
  exemplars: field(11, 'exemplars'),
} as const;

export const BUCKETS = { offset: field(1, 'offset'), counts: field(2, 'bucketCounts') } as const;

export const EXEMPLAR = {
  time: field(2, 'timeUnixNano'),
  value: field(3, 'asDouble'),
  spanId: field(4, 'spanId'),
  traceId: field(5, 'traceId'),
} as const;
