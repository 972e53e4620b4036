import {
  Gauge,
  type MetricObjectWithValues,
  type MetricType,
  type MetricValueWithName,
  type Registry,
} from 'prom-client';

export type PrometheusValues = MetricObjectWithValues<MetricValueWithName<string>>;
export type PrometheusType = 'counter' | 'gauge' | 'histogram';

/** What the client writes for a metric. It types `type` as an enumeration that it does not have at run time. */
export function prometheusValues(
  name: string,
  help: string,
  type: PrometheusType,
  values: MetricValueWithName<string>[],
): PrometheusValues {
  return { name, help, type: type as unknown as MetricType, aggregator: 'sum', collect: () => {}, values };
}

/** The client adds `_total` itself when it writes a counter as OpenMetrics. */
export function counterName(name: string, isOpenMetrics: boolean): string {
  return isOpenMetrics ? name.replace(/_total$/, '') : name;
}

export interface ReadingOptions {
  readonly name: string;
  readonly help: string;
  readonly type: PrometheusType;
  readonly read: () => Iterable<{
    readonly labels: Readonly<Record<string, string>>;
    readonly value: number;
    /** Of the names that a histogram consists of. */
    readonly suffix?: string;
  }>;
}

/** A metric whose values live elsewhere and are read when it is scraped. */
export class Reading extends Gauge {
  readonly #options: ReadingOptions;
  readonly #isOpenMetrics: boolean;

  constructor(registry: Registry, isOpenMetrics: boolean, options: ReadingOptions) {
    super({ name: options.name, help: options.help, registers: [registry] });
    this.#options = options;
    this.#isOpenMetrics = isOpenMetrics;
  }

  override async get(): Promise<PrometheusValues> {
    const { name, help, type, read } = this.#options;
    const written = type === 'counter' ? counterName(name, this.#isOpenMetrics) : name;
    const values = [...read()].map(({ labels, value, suffix }) =>
      suffix === undefined
        ? { labels, value }
        : { metricName: `${name}${suffix}`, labels: this.#bounded(labels), value },
    );
    return prometheusValues(written, help, type, values);
  }

  /** OpenMetrics wants the bounds of buckets to look like floats. */
  #bounded(labels: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
    const { le } = labels;
    return this.#isOpenMetrics && le !== undefined && /^\d+$/.test(le) ? { ...labels, le: `${le}.0` } : labels;
  }
}
