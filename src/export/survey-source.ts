import { INSTANCE, JOB, jobOf } from '../metrics/attribute-groups.ts';
import type { Observation, ObservedMetric, ObservedPoint, ObservedSource } from '../metrics/observed.ts';
import { SERVICE_INSTANCE_ID, SERVICE_NAME, SERVICE_NAMESPACE } from '../span/attributes.ts';
import type { Service } from '../span/service.ts';
import { product } from '../telemetry/product.ts';
import { resourceAttributes } from './resource.ts';

export const surveyInfo: ObservedMetric = {
  name: 'survey.info',
  prometheusName: 'survey_info',
  unit: '',
  type: 'gauge',
  help: 'attributes associated to a given surveyed entity',
};

/** Of the attributes of the service's resource; newer ones are left to `target_info`. */
const shown = new Set(['host.id', 'host.name', 'telemetry.sdk.language', 'telemetry.sdk.name', 'os.type']);

/** One point for each process that is only listed. */
export class SurveySource implements ObservedSource {
  readonly metrics = [surveyInfo];
  readonly #services: () => Iterable<Service>;
  readonly #startMs = Date.now();

  constructor(services: () => Iterable<Service>) {
    this.#services = services;
  }

  *observations(): Iterable<Observation> {
    const points = [...this.#services()].map((service) => this.#pointOf(service));
    if (points.length > 0) yield { service: undefined, resource: {}, points };
  }

  #pointOf(service: Service): ObservedPoint {
    const own = Object.entries(resourceAttributes(service)).filter(
      ([name]) => shown.has(name) || name.startsWith('k8s.'),
    );
    const described = { ...Object.fromEntries(own), [SERVICE_NAME]: service.name, source: product.source };
    const { namespace, instanceId } = service;
    return {
      metric: surveyInfo,
      value: 1,
      startMs: this.#startMs,
      labels: { ...described, [SERVICE_NAMESPACE]: namespace, [INSTANCE]: instanceId, [JOB]: jobOf(service) },
      attributes: {
        ...described,
        ...(namespace !== '' && { [SERVICE_NAMESPACE]: namespace }),
        [SERVICE_INSTANCE_ID]: instanceId,
      },
    };
  }
}
