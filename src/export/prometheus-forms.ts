import type { Exemplar } from '../metrics/exemplars.ts';
import type { HistogramSample, PrometheusFamily, PrometheusSample } from './prometheus-family.ts';
import { boundLabels, escapedHelp, floatText } from './prometheus-text.ts';

/** One of the formats in which a page may be asked for. */
export interface ExpositionForm {
  /** As it stands in `Accept`. */
  readonly mediaType: string;
  readonly contentType: string;
  /** A family in pieces, each of which tells of whole series. */
  pieces(family: PrometheusFamily): Iterable<string | Uint8Array>;
  readonly end: string;
}

/** https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format */
export const plainText: ExpositionForm = {
  mediaType: 'text/plain',
  contentType: 'text/plain; version=0.0.4; charset=utf-8',
  *pieces(family) {
    const { name, help, type } = family;
    const head = `# HELP ${name} ${escapedHelp(help)}\n# TYPE ${name} ${type}\n`;
    yield* headed(head, name, family, plainLines);
  },
  end: '',
};

/** https://prometheus.io/docs/specs/om/open_metrics_spec/ */
export const openMetrics: ExpositionForm = {
  mediaType: 'application/openmetrics-text',
  contentType: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
  *pieces(family) {
    const { name, help, type } = family;
    const base = type === 'counter' ? name.replace(/_total$/, '') : name;
    const head = `# HELP ${base} ${escapedHelp(help).replaceAll('"', '\\"')}\n# TYPE ${base} ${type}\n`;
    yield* headed(head, type === 'counter' ? `${base}_total` : name, family, openLines);
  },
  end: '# EOF\n',
};

interface Lines {
  readonly isOpenMetrics: boolean;
  exemplarText(exemplar: Exemplar | undefined): string;
}

const plainLines: Lines = { isOpenMetrics: false, exemplarText: () => '' };

const openLines: Lines = {
  isOpenMetrics: true,
  exemplarText(exemplar) {
    if (exemplar === undefined) return '';
    const { traceId, spanId, value, atMs } = exemplar;
    const labels = traceId === '' ? '' : `traceID="${traceId}",spanID="${spanId}"`;
    return ` # {${labels}} ${floatText(value)} ${atMs / 1000}`;
  },
};

/** The head stands before the first sample, and without samples only where the family is to be known all the same. */
function* headed(head: string, name: string, family: PrometheusFamily, lines: Lines): Iterable<string> {
  let before = head;
  for (const sample of family.samples()) {
    yield before + sampleText(name, sample, lines);
    before = '';
  }
  if (before !== '' && family.isShownEmpty === true) yield before;
}

function sampleText(name: string, sample: PrometheusSample, lines: Lines): string {
  if ('bounds' in sample) return histogramText(name, sample, lines);
  const { labels, value, suffix } = sample;
  const shown = lines.isOpenMetrics && suffix === '_bucket' ? labels.replace(/\ble="(\d+)"/, 'le="$1.0"') : labels;
  return `${name}${suffix ?? ''}${braced(shown)} ${floatText(value)}\n`;
}

function histogramText(name: string, sample: HistogramSample, { isOpenMetrics, exemplarText }: Lines): string {
  const { labels, bounds, cells } = sample;
  const start = `${name}_bucket{${labels === '' ? '' : `${labels},`}`;
  let text = '';
  let count = 0;
  for (const [i, bound] of boundLabels(bounds, isOpenMetrics).entries()) {
    count += cells[1 + i] as number;
    text += `${start}${bound}} ${count}${isOpenMetrics ? exemplarText(sample.exemplar(i)) : ''}\n`;
  }
  const own = braced(labels);
  return `${text}${name}_sum${own} ${floatText(cells[0] as number)}\n${name}_count${own} ${count}\n`;
}

function braced(labels: string): string {
  return labels === '' ? '' : `{${labels}}`;
}
