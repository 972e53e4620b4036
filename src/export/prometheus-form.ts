import type { PrometheusFamily } from './prometheus-family.ts';

/** One of the formats in which a page may be asked for. */
export interface ExpositionForm {
  /** As it stands in `Accept`. */
  readonly mediaType: string;
  readonly contentType: string;
  /** A family in pieces, so that nothing waits long for one of them. */
  pieces(family: PrometheusFamily): Iterable<Uint8Array> | AsyncIterable<string>;
  readonly end: string;
}
