import { expect, test } from 'vitest';
import { SurveySource } from '../../src/export/survey-source.ts';
import { aggregate } from '../support/aggregate.ts';
import { plain } from '../support/otlp-receiver.ts';
import { pageOf, pushOf } from '../support/pages.ts';
import { parseSamples } from '../support/prometheus-text.ts';
import { testService } from '../support/spans.ts';

/** The row of `survey_info` in both ways out. */
const resource = { 'host.id': 'abc', 'host.name': 'node1', 'k8s.pod.name': 'cart-0', 'cloud.region': 'eu' };
const service = testService({ name: 'cart', namespace: 'shop', language: 'java', resource });
const lone = testService({ name: 'lone', instanceId: 'host:7' });
const source = new SurveySource(() => [service, lone]);

const common = {
  'host.id': 'abc',
  'host.name': 'node1',
  'k8s.pod.name': 'cart-0',
  'service.name': 'cart',
  'service.namespace': 'shop',
  'telemetry.sdk.language': 'java',
  'telemetry.sdk.name': 'beyla-typescript',
  'os.type': 'linux',
  source: 'beyla',
};

test('Prometheus reads survey_info', async () => {
  const { metrics, services } = aggregate();
  const text = await pageOf({ metrics, services, observed: [source] });
  expect(text).toContain(
    '# HELP survey_info attributes associated to a given surveyed entity\n# TYPE survey_info gauge\n',
  );
  const samples = parseSamples(text).filter(({ name }) => name === 'survey_info');
  expect(samples.map(({ value }) => value)).toEqual([1, 1]);
  const labels = Object.fromEntries(Object.entries(common).map(([name, value]) => [name.replaceAll('.', '_'), value]));
  expect(samples[0]?.labels).toEqual({ ...labels, instance: 'host:4242', job: 'shop/cart' });
  expect(samples[1]?.labels).toMatchObject({ service_namespace: '', instance: 'host:7', job: 'lone' });
});

test('OTLP has survey.info, with everything in the attributes and nothing in the resource', async () => {
  const { metrics } = aggregate();
  const requests = await pushOf({ metrics, observed: [source], hasSpanMetrics: true });
  const [group] = requests.flatMap(({ resourceMetrics = [] }) => resourceMetrics);
  expect(group?.resource.attributes).toEqual([]);
  const [metric] = group?.scopeMetrics[0]?.metrics ?? [];
  expect([metric?.name, metric?.description]).toEqual([
    'survey.info',
    'attributes associated to a given surveyed entity',
  ]);
  const points = metric?.gauge?.dataPoints ?? [];
  expect(points.map(({ asDouble }) => asDouble)).toEqual([1, 1]);
  expect(plain(points[0]?.attributes ?? [])).toEqual({ ...common, 'service.instance.id': 'host:4242' });
  expect(plain(points[1]?.attributes ?? [])).not.toHaveProperty('service.namespace');
});

test('nobody is told of while nothing is surveyed', async () => {
  const { metrics, services } = aggregate();
  const none = new SurveySource(() => []);
  expect(await pageOf({ metrics, services, observed: [none] })).not.toContain('survey_info');
  expect(await pushOf({ metrics, observed: [none] })).toEqual([]);
});
