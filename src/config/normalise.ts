import { goDuration } from '../lib/duration.ts';
import type { Note } from './problem.ts';
import { surveyExclusions } from './sections/discovery.ts';
import { isList, type Layer, type Written, whereOf } from './written.ts';

/** Span and service-graph metrics always carry these attributes of the resource. */
const usualResourceAttributes = [
  'k8s.cluster.name',
  'k8s.namespace.name',
  'k8s.node.name',
  'service.version',
  'deployment.environment.name',
  'cloud.availability_zone',
  'cloud.region',
];

/** Rules between settings, applied to the merged values in place; returns what is worth telling. */
export function normalise(effective: Layer): readonly Note[] {
  const rules = new Rules(effective);
  rules.exportPeriod();
  rules.features();
  rules.resourceAttributes();
  rules.survey();
  rules.sampler();
  rules.contextPropagation();
  rules.set('sigil_export.instrumentations', ['http'], 'always http');
  return rules.notes;
}

class Rules {
  readonly notes: Note[] = [];
  readonly #effective: Layer;

  constructor(effective: Layer) {
    this.#effective = effective;
  }

  get(path: string): Written | undefined {
    return this.#effective.get(path)?.written;
  }

  text(path: string): string {
    return String(this.get(path) ?? '');
  }

  list(path: string): readonly Written[] {
    const written = this.get(path);
    return isList(written) ? written : [];
  }

  isSet(path: string): boolean {
    const from = this.#effective.get(path)?.origin.from;
    return from === 'file' || from === 'variable';
  }

  set(path: string, written: Written, why: string): void {
    if (JSON.stringify(this.get(path)) === JSON.stringify(written)) return;
    this.#effective.set(path, { written, origin: { from: 'rule', why } });
  }

  note(path: string, text: string): void {
    const given = this.#effective.get(path);
    this.notes.push({ where: given === undefined ? '' : whereOf(given.origin), key: path, text });
  }

  exportPeriod(): void {
    const interval = this.text('otel_metrics_export.interval');
    if (!/^0[a-zµμ]*$/.test(interval)) return;
    const ms = this.get('otel_metrics_export.otelintervalms');
    if (typeof ms === 'number')
      this.set('otel_metrics_export.interval', goDuration(ms * 1e6), 'otel_metrics_export.otelintervalms');
  }

  /** The keys of the exporters are older and win: those of OTLP first. */
  features(): void {
    const hasGrafana = ['cloud_zone', 'cloud_instance_id', 'cloud_api_key'].some(
      (key) => this.text(`grafana.otlp.${key}`) !== '',
    );
    const toGrafana = hasGrafana && this.list('grafana.otlp.cloud_submit').includes('metrics');
    const hasOtlp = this.text('otel_metrics_export.endpoint') !== '' || this.text('otlp.endpoint') !== '' || toGrafana;
    const hasPrometheus = this.get('prometheus_export.port') !== 0;
    const otlp = this.get('otel_metrics_export.features');
    const prometheus = this.get('prometheus_export.features');
    if (hasOtlp && otlp !== undefined) this.set('metrics.features', otlp, 'otel_metrics_export.features');
    else if (hasPrometheus && prometheus !== undefined)
      this.set('metrics.features', prometheus, 'prometheus_export.features');
    const features = this.list('metrics.features');
    if (this.get('network.enable') === true && !features.includes('network')) {
      this.set('metrics.features', [...features, 'network'], 'network.enable');
    }
  }

  resourceAttributes(): void {
    for (const section of ['otel_metrics_export', 'prometheus_export']) {
      const path = `${section}.extra_span_resource_attributes`;
      const all = new Set([...this.list(path), ...usualResourceAttributes]);
      const { origin } = this.#effective.get(path) ?? {};
      if (origin !== undefined && this.isSet(path)) this.#effective.set(path, { written: [...all], origin });
      else this.set(path, [...all], 'the usual seven are always there');
    }
  }

  survey(): void {
    if (this.list('discovery.survey').length === 0) return;
    const paths = Object.keys(surveyExclusions).map((key) => `discovery.${key}`);
    if (paths.some((path) => this.isSet(path))) return;
    for (const [key, list] of Object.entries(surveyExclusions)) this.set(`discovery.${key}`, list, 'discovery.survey');
  }

  sampler(): void {
    const path = 'otel_traces_export.sampler';
    const isRatio = this.text(`${path}.name`).endsWith('traceidratio');
    const arg = this.text(`${path}.arg`);
    if (!isRatio || (arg.trim() !== '' && Number.isFinite(Number(arg)))) return;
    this.note(`${path}.arg`, `"${arg}" is not a ratio; parentbased_always_on is used`);
    this.set(`${path}.name`, 'parentbased_always_on', 'the ratio cannot be read');
  }

  contextPropagation(): void {
    const path = 'ebpf.context_propagation';
    const words = this.text(path).split(',');
    if (!words.some((word) => word.trim() === 'ip')) return;
    this.note(path, '"ip" is a word of versions 2.2 to 3.x; it no longer does anything');
    const rest = words.filter((word) => word.trim() !== 'ip').join(',');
    this.set(path, rest === '' ? 'disabled' : rest, 'ip no longer does anything');
  }
}
