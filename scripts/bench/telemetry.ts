import { OtlpResources } from '../../src/export/otlp-resource.ts';
import { serializers } from '../../src/export/otlp-serializers.ts';
import { spansOf } from '../../src/export/otlp-span.ts';
import { pieceSize } from '../../src/export/otlp-traces.ts';
import { spanLines } from '../../src/export/span-line.ts';
import { defaultMetricsOptions, Metrics } from '../../src/metrics/metrics.ts';
import type { Span } from '../../src/span/span.ts';
import { identify } from '../../src/transform/identify.ts';
import { createNames } from '../../src/transform/names.ts';
import { createRoutes, defaultRouteOptions } from '../../src/transform/route.ts';
import { testSpan } from '../../test/support/spans.ts';
import type { Benchmark } from './benchmark.ts';
import { type Figure, measured } from './figure.ts';

/** What a request costs after the kernel, step by step, in one thread and without input or output. */
export const telemetry: Benchmark = {
  name: 'telemetry',
  about: 'CPU of each step between a decoded request and its telemetry',
  run: async () => steps(),
};

const batch = 4096;
const rounds = 40;
const serializer = serializers.traces['http/protobuf'];
const shown = { hides: () => false, hasSpanMetrics: false };

function steps(): Figure[] {
  const make = (isQueued: boolean) =>
    Array.from({ length: batch }, (_, i) =>
      testSpan({
        side: isQueued || i % 2 === 0 ? 'server' : 'client',
        target: i % 3 === 0 ? `/users/${i % 500}?page=2` : `/users/${i % 500}`,
        status: i % 7 === 0 ? 404 : 200,
        ...(!isQueued && { startNs: 1_000_000_000 }),
      }),
    );
  const spans = make(false);
  const names = createNames({ lookup: () => undefined });
  const routes = createRoutes(defaultRouteOptions);
  const metrics = new Metrics(defaultMetricsOptions);
  const all = new Metrics({ ...defaultMetricsOptions, features: ['*'], allowsSelfReferences: true });
  const detailed = new Metrics({ ...defaultMetricsOptions, exponential: { maxSize: 160, maxScale: 20 } });
  detailed.wantExemplars('always_on');
  const resources = new OtlpResources({}, () => false);
  const reset = () => {
    for (const span of spans) Object.assign(span, { traceId: '', spanId: '', route: '' });
  };
  const figures = [
    cost('span from facts', () => make(false)),
    cost('names', () => names(spans)),
    cost('route, known paths', () => routes(spans), reset),
    cost('ids', () => identify(spans), reset),
    cost('metrics', () => metrics.record(spans, 0), undefined, 3),
    cost('metrics of every feature', () => all.record(spans, Date.now()), undefined, 3),
    cost('metrics with exponential buckets and exemplars', () => detailed.record(spans, Date.now()), undefined, 3),
    cost('printed line', () => spans.map(spanLines.current)),
    cost('OTLP span', () => serialize(spans, resources)),
  ];
  const queued = make(true);
  identify(queued);
  return [...figures, cost('OTLP span with its wait and its work', () => serialize(queued, resources), undefined, 17)];
}

function serialize(spans: readonly Span[], resources: OtlpResources): void {
  for (let i = 0; i < spans.length; i += pieceSize) {
    const piece = spans.slice(i, i + pieceSize);
    serializer.serializeRequest(piece.flatMap((span) => spansOf(span, resources.of(span.service), shown)));
  }
}

/** The first rounds are the compiler's. */
function cost(name: string, work: () => unknown, prepare?: () => void, bar?: number): Figure {
  const perRequestUs: number[] = [];
  for (let round = 0; round < rounds; round++) {
    prepare?.();
    const start = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(start);
    if (round >= rounds / 2) perRequestUs.push((user + system) / batch);
  }
  return measured(name, 'us/request', perRequestUs, bar === undefined ? {} : { agent: bar });
}
