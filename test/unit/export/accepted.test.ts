import { expect, test } from 'vitest';
import { preferred } from '../../../src/export/accepted.ts';

const offered = ['application/vnd.google.protobuf', 'application/openmetrics-text', 'text/plain'];

test.each([
  ['', undefined],
  ['*/*', undefined],
  ['text/html, text/plain;q=0.1', 'text/plain'],
  // Prometheus 2.42
  [
    'application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1',
    'application/openmetrics-text',
  ],
  // the same with native histograms
  [
    'application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited,application/openmetrics-text;version=1.0.0;q=0.8,text/plain;q=0.5',
    'application/vnd.google.protobuf',
  ],
  // Prometheus 3, where protobuf is the last choice
  [
    'application/openmetrics-text;version=1.0.0;q=0.6,text/plain;version=1.0.0;q=0.4,application/vnd.google.protobuf;q=0.2',
    'application/openmetrics-text',
  ],
  ['text/plain;q=0, application/openmetrics-text;q=x', undefined],
] as const)('%j is answered with %j', (accept, type) => {
  expect(preferred(accept, offered)).toBe(type);
});
