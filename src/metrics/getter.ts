import type { Service } from '../span/service.ts';
import type { Span } from '../span/span.ts';
import type { ServiceSeries } from './service-series.ts';

/** A value as a point carries it; numbers stay numbers for OTLP. */
export type PointValue = string | number;

/** Where a value comes from: the service has one for all its series, so only the span's make up a series' key. */
export type Getter =
  | { readonly of: 'service'; readonly get: (service: Service) => PointValue }
  | { readonly of: 'span'; readonly get: (span: Span, series: ServiceSeries) => PointValue };

export function ofService(get: (service: Service) => PointValue): Getter {
  return { of: 'service', get };
}

export function ofSpan(get: (span: Span, series: ServiceSeries) => PointValue): Getter {
  return { of: 'span', get };
}
