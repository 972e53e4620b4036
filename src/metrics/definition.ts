import type { MetricFamily, Span, SpanKind } from '../span/span.ts';
import type { KnownServices } from './known-services.ts';

/** Which of the configured lists of bounds a histogram uses. */
export type BucketList = 'duration' | 'requestSize' | 'responseSize';
export type Bounds = { readonly [list in BucketList]: readonly number[] };

/** An attribute that a metric may carry; the others are opt-in. */
export interface AttributeRule {
  /** OpenTelemetry name; Prometheus labels are derived from it. */
  readonly name: string;
  readonly isDefault: boolean;
  /** Prometheus needs a label for what OTLP says in the resource. */
  readonly isPrometheusOnly?: true;
  /** Prometheus has another label for it. */
  readonly isOtlpOnly?: true;
  /** Its value is the attribute of that name of the service's resource. */
  readonly isResource?: true;
}

/** What a condition may know besides the span. */
export interface CountContext {
  readonly services: KnownServices;
  readonly allowsSelfReferences: boolean;
}

/** Which spans of a family and kind a metric counts. */
export interface SpanCondition {
  readonly name: string;
  readonly holds: (span: Span, context: CountContext) => boolean;
}

/** One metric. Adding a family is one file with a list of these, and one line in `list.ts`. */
export interface MetricDefinition {
  /** OpenTelemetry name. */
  readonly name: string;
  readonly unit: 's' | 'By' | '';
  readonly help: string;
  readonly type: 'histogram' | 'counter';
  /** Histograms only. */
  readonly buckets?: BucketList;
  /** Name in Prometheus where it is not derived from the OpenTelemetry name and the unit. */
  readonly prometheusName?: string;
  readonly family: MetricFamily | 'any';
  readonly kinds: readonly SpanKind[];
  /** Metrics of one condition share their series. */
  readonly when?: SpanCondition;
  readonly value: (span: Span) => number;
  readonly attributes: readonly AttributeRule[];
  /** They are part of a format: neither `attributes.select` nor the surroundings change them. */
  readonly isFixed?: true;
  /** Names of other generations, by which `attributes.select` may call it. */
  readonly aliases?: readonly string[];
  /** Names of attributes in this metric where an older generation called them otherwise. */
  readonly attributeNames?: Readonly<Record<string, string>>;
}

/** Metrics that one value of the `features` setting turns on. */
export interface Feature {
  readonly name: string;
  readonly metrics: readonly MetricDefinition[];
}

export function on(...names: readonly string[]): readonly AttributeRule[] {
  return names.map((name) => ({ name, isDefault: true }));
}

export function off(...names: readonly string[]): readonly AttributeRule[] {
  return names.map((name) => ({ name, isDefault: false }));
}

export function ofResource(names: readonly string[]): readonly AttributeRule[] {
  return names.map((name) => ({ name, isDefault: true, isResource: true }));
}

/** What was waited for, queue included: from the arrival of the request to the last byte of the response. */
export function durationSeconds(span: Span): number {
  const ns = span.endNs - span.requestStartNs;
  return ns > 0 ? ns / 1e9 : 0;
}

const unitSuffix = { s: '_seconds', By: '_bytes', '': '' } as const;

export function prometheusName({ name, unit, type, prometheusName: given }: MetricDefinition): string {
  if (given !== undefined) return given;
  const total = type === 'counter' ? '_total' : '';
  return `${name.replaceAll('.', '_')}${unitSuffix[unit]}${total}`;
}

export function labelName(attribute: string): string {
  return attribute.replace(/[^A-Za-z0-9_]/g, '_');
}
