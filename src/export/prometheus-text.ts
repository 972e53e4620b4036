import type { Metric, RegistryContentType } from 'prom-client';
import type { Exemplar } from '../metrics/exemplars.ts';
import type { HistogramSample, Labels, PrometheusFamily } from './prometheus-family.ts';
import type { ExpositionForm } from './prometheus-form.ts';

type TextForm = ExpositionForm & { readonly contentType: RegistryContentType };

/** https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format */
export const plainText: TextForm = {
  mediaType: 'text/plain',
  contentType: 'text/plain; version=0.0.4; charset=utf-8',
  pieces: (family) => rendered(family, false),
  end: '',
};

/** https://prometheus.io/docs/specs/om/open_metrics_spec/ */
export const openMetrics: TextForm = {
  mediaType: 'application/openmetrics-text',
  contentType: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
  pieces: (family) => rendered(family, true),
  end: '# EOF\n',
};

/** A value as a metric of prom-client gives it: what is shared by many lines is rendered once. */
interface Line {
  readonly labels: Labels;
  readonly value: number;
  readonly metricName?: string;
  readonly sharedLabels?: Labels;
  readonly exemplar?: { readonly labelSet: Labels; readonly value: number; readonly timestamp: number } | undefined;
}

/** About a millisecond of work. */
const linesAtOnce = 256;

/** The registry sees one metric, whose values are those of one piece after the other. */
async function* rendered(family: PrometheusFamily, isOpenMetrics: boolean): AsyncIterable<string> {
  // its code is for who is scraped
  const { Registry } = await import('prom-client');
  const { help, type } = family;
  const registry = new Registry<RegistryContentType>();
  registry.setContentType(isOpenMetrics ? openMetrics.contentType : plainText.contentType);
  // in OpenMetrics prom-client adds what this takes away
  const name = isOpenMetrics && type === 'counter' ? family.name.replace(/_total$/, '') : family.name;
  let values: Line[] = [];
  registry.registerMetric({ name, help, type, get: async () => ({ name, help, type, values }) } as unknown as Metric);
  let isFirst = true;
  const piece = async (): Promise<string> => {
    const text = await registry.getSingleMetricAsString(name);
    values = [];
    const shown = isFirst ? text : text.slice(endOfHead(text));
    isFirst = false;
    return `${shown}\n`;
  };
  for (const line of linesOf(family, isOpenMetrics)) {
    values.push(line);
    if (values.length >= linesAtOnce) yield await piece();
  }
  if (values.length > 0 || (isFirst && family.isShownEmpty === true)) yield await piece();
}

/** Behind the two lines of help and type. */
function endOfHead(text: string): number {
  return text.indexOf('\n', text.indexOf('\n') + 1) + 1;
}

function* linesOf(family: PrometheusFamily, isOpenMetrics: boolean): Iterable<Line> {
  for (const sample of family.samples()) {
    if ('bounds' in sample) yield* histogramLines(family.name, sample, isOpenMetrics);
    else yield sample;
  }
}

function* histogramLines(name: string, sample: HistogramSample, isOpenMetrics: boolean): Iterable<Line> {
  const { labels, bounds, cells } = sample;
  let value = 0;
  for (const [i, sharedLabels] of boundLabels(bounds, isOpenMetrics).entries()) {
    value += cells[1 + i] as number;
    const exemplar = isOpenMetrics ? exemplarOf(sample.exemplar(i)) : undefined;
    yield { metricName: `${name}_bucket`, labels, sharedLabels, value, exemplar };
  }
  yield { metricName: `${name}_sum`, labels, value: cells[0] as number };
  yield { metricName: `${name}_count`, labels, value };
}

function exemplarOf(exemplar: Exemplar | undefined): Line['exemplar'] {
  if (exemplar === undefined) return undefined;
  const { traceId: traceID, spanId: spanID, value, atMs } = exemplar;
  return { labelSet: traceID === '' ? {} : { traceID, spanID }, value, timestamp: atMs / 1000 };
}

const knownBounds = { plain: new WeakMap<Float64Array, Labels[]>(), open: new WeakMap<Float64Array, Labels[]>() };

/** The `le` labels of a histogram; OpenMetrics wants floats to look like floats. */
function boundLabels(bounds: Float64Array, isOpenMetrics: boolean): readonly Labels[] {
  const known = knownBounds[isOpenMetrics ? 'open' : 'plain'];
  const labels = known.get(bounds) ?? leLabels(bounds, isOpenMetrics);
  known.set(bounds, labels);
  return labels;
}

function leLabels(bounds: Float64Array, isOpenMetrics: boolean): Labels[] {
  const texts = Array.from(bounds, (bound) => (isOpenMetrics && Number.isInteger(bound) ? `${bound}.0` : `${bound}`));
  return [...texts, '+Inf'].map((le) => ({ le }));
}
