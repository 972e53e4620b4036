import { ProtobufWriter } from '../lib/protobuf-writer.ts';
import type { Exemplar } from '../metrics/exemplars.ts';
import type { ExponentialHistogram } from '../metrics/exponential-histogram.ts';
import type { HistogramSample, Labels, PrometheusFamily, PrometheusSample } from './prometheus-family.ts';
import type { ExpositionForm } from './prometheus-form.ts';

/**
 * io.prometheus.client, the only form that has native histograms:
 * https://github.com/prometheus/client_model/blob/master/io/prometheus/client/metrics.proto
 */
export const protobuf: ExpositionForm = {
  mediaType: 'application/vnd.google.protobuf',
  contentType: 'application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited',
  *pieces(family) {
    const writer = new ProtobufWriter();
    let samples: PrometheusSample[] = [];
    for (const sample of family.samples()) {
      samples.push(sample);
      if (samples.length < atOnce) continue;
      yield messageOf(writer, family, samples);
      samples = [];
    }
    if (samples.length > 0) yield messageOf(writer, family, samples);
  },
  end: '',
};

/** A family of many series is several messages, so that nothing waits long for one of them. */
const atOnce = 200;

const types = { counter: 0, gauge: 1, histogram: 4 } as const;
const bodies = { counter: 3, gauge: 2, histogram: 7 } as const;

function messageOf(
  writer: ProtobufWriter,
  { name, help, type }: PrometheusFamily,
  samples: readonly PrometheusSample[],
): Buffer {
  writer.delimited(() => {
    writer.text(1, name);
    writer.text(2, help);
    writer.uint(3, types[type]);
    for (const sample of samples) {
      writer.message(4, () => {
        writeLabels(writer, 1, sample.labels);
        writer.message(bodies[type], () => {
          if ('bounds' in sample) writeHistogram(writer, sample);
          else writer.double(1, sample.value);
        });
      });
    }
  });
  return writer.take();
}

function writeLabels(writer: ProtobufWriter, field: number, labels: Labels): void {
  for (const [name, value] of Object.entries(labels)) {
    writer.message(field, () => {
      writer.text(1, name);
      writer.text(2, value);
    });
  }
}

function writeHistogram(writer: ProtobufWriter, sample: HistogramSample): void {
  const { bounds, cells, exponential, startMs } = sample;
  let count = 0;
  for (let i = 1; i < cells.length; i++) count += cells[i] as number;
  writer.uint(1, count);
  writer.double(2, cells[0] as number);
  let below = 0;
  for (let i = 0; i <= bounds.length; i++) {
    below += cells[1 + i] as number;
    writer.message(3, () => {
      writer.uint(1, below);
      writer.double(2, bounds[i] ?? Number.POSITIVE_INFINITY);
      writeExemplar(writer, 3, sample.exemplar(i));
    });
  }
  if (exponential !== undefined) writeNative(writer, exponential);
  if (startMs !== undefined) writer.message(15, () => writeTime(writer, startMs));
}

/** Values up to this are counted as zero: the client's usual threshold, without which an empty histogram is not native. */
const zeroThreshold = 2 ** -128;
/** Shorter gaps between buckets cost less as empty buckets than as the start of another span. */
const maxGap = 2;

/** Buckets that are numbered by their upper bound, in spans without large gaps, each count as the difference to the last. */
function writeNative(writer: ProtobufWriter, { scale, zeroCount, offset, counts }: ExponentialHistogram): void {
  writer.sint(5, scale);
  writer.double(6, zeroThreshold);
  writer.uint(7, zeroCount);
  const spans: { offset: number; length: number }[] = [];
  const deltas: number[] = [];
  let next = 0;
  let last = 0;
  for (const [i, count] of counts.entries()) {
    if (count === 0) continue;
    const index = offset + i + 1;
    const gap = index - next;
    const span = spans.at(-1);
    if (span === undefined || gap > maxGap) spans.push({ offset: gap, length: 1 });
    else {
      span.length += gap + 1;
      for (let empty = 0; empty < gap; empty++) {
        deltas.push(-last);
        last = 0;
      }
    }
    deltas.push(count - last);
    last = count;
    next = index + 1;
  }
  for (const span of spans) {
    writer.message(12, () => {
      writer.sint(1, span.offset);
      writer.uint(2, span.length);
    });
  }
  if (deltas.length > 0) writer.sints(13, deltas);
}

function writeExemplar(writer: ProtobufWriter, field: number, exemplar: Exemplar | undefined): void {
  if (exemplar === undefined) return;
  const { traceId, spanId, value, atMs } = exemplar;
  writer.message(field, () => {
    if (traceId !== '') writeLabels(writer, 1, { traceID: traceId, spanID: spanId });
    writer.double(2, value);
    writer.message(3, () => writeTime(writer, atMs));
  });
}

function writeTime(writer: ProtobufWriter, ms: number): void {
  const seconds = Math.floor(ms / 1000);
  writer.uint(1, seconds);
  writer.uint(2, Math.round((ms - seconds * 1000) * 1e6));
}
