import { expect, test } from 'vitest';
import { defaultMetricsOptions, Metrics, type MetricsOptions } from '../../../src/metrics/metrics.ts';
import type { Service } from '../../../src/span/service.ts';
import { testService, testSpan } from '../../support/spans.ts';

/** Metrics that have a series after a request of the service. */
function counted(options: Partial<MetricsOptions>, service: Partial<Service>): string[] {
  const metrics = new Metrics({ ...defaultMetricsOptions, ...options });
  metrics.record([testSpan({ service: testService(service) })], 0);
  const groups = metrics.groups.filter((group) =>
    [...metrics.services()].some((own) => [...metrics.live(own, group, 0, 0)].length > 0),
  );
  return groups.flatMap(({ cells }) => cells.map(({ metric }) => metric.name)).toSorted();
}

const application = ['http.server.request.body.size', 'http.server.request.duration', 'http.server.response.body.size'];
const sizes = ['traces_spanmetrics_response_size_total', 'traces_spanmetrics_size_total'];
const both = { features: ['application', 'application_span_sizes'] };

test('a service has the features of the configuration', () => {
  expect(counted({}, {})).toEqual(application);
  expect(counted(both, {})).toEqual([...application, ...sizes]);
});

test('a service with features of its own has those and no others', () => {
  const entryFeatures = ['application_span_sizes'];
  expect(counted({ entryFeatures }, { features: ['application_span_sizes'] })).toEqual(sizes);
  expect(counted({ entryFeatures }, {})).toEqual(application);
  expect(counted(both, { features: ['application'] })).toEqual(application);
  expect(counted(both, { features: [] })).toEqual([]);
});

test('a service that exports metrics itself keeps what is derived from spans', () => {
  expect(counted(both, { exportsOwnMetrics: true })).toEqual(sizes);
  expect(counted({}, { exportsOwnMetrics: true })).toEqual([]);
});
