import { expect, test } from 'vitest';
import { loadConfig } from '../../../src/config/load.ts';
import { resolveOtlp } from '../../../src/config/otlp-target.ts';

function resolved(signal: 'metrics' | 'traces', env: Readonly<Record<string, string>>) {
  const all = { BEYLA_OPEN_PORT: '1', BEYLA_TRACE_PRINTER: 'text', ...env };
  const resolution = resolveOtlp(loadConfig({ argv: [], env: all, readFile: () => '' }).config, signal);
  return resolution.is === 'on' ? `${resolution.target.protocol} ${resolution.target.url}` : resolution.is;
}

const common = 'OTEL_EXPORTER_OTLP_ENDPOINT';
const metrics = 'OTEL_EXPORTER_OTLP_METRICS_ENDPOINT';
const traces = 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT';
const protocol = 'OTEL_EXPORTER_OTLP_PROTOCOL';

test.each([
  ['metrics', {}, 'off'],
  ['metrics', { [common]: 'http://c:4318' }, 'http/protobuf http://c:4318/v1/metrics'],
  ['metrics', { [common]: 'http://c:4318/otlp/' }, 'http/protobuf http://c:4318/otlp/v1/metrics'],
  ['metrics', { [metrics]: 'http://m:4318' }, 'http/protobuf http://m:4318/v1/metrics'],
  ['metrics', { [metrics]: 'http://m:4318/' }, 'http/protobuf http://m:4318/'],
  ['metrics', { [metrics]: 'http://m:4318/otlp' }, 'http/protobuf http://m:4318/otlp'],
  ['metrics', { [common]: 'http://c', [metrics]: 'http://m/x' }, 'http/protobuf http://m/x'],
  ['traces', { [common]: 'http://c:4318' }, 'http/protobuf http://c:4318/v1/traces'],
  ['traces', { [traces]: 'http://t:4318/own/' }, 'http/protobuf http://t:4318/own/v1/traces'],
  ['traces', { [traces]: 'http://t:4318/v1/traces' }, 'http/protobuf http://t:4318/v1/traces'],
  ['traces', { [common]: 'http://c:4317' }, 'grpc http://c:4317'],
  ['traces', { [common]: 'http://c:14317/path' }, 'grpc http://c:14317'],
  ['traces', { [common]: 'http://c:4317', [protocol]: 'http/json' }, 'http/json http://c:4317/v1/traces'],
  ['traces', { [common]: 'c:4317', [protocol]: 'grpc' }, 'grpc https://c:4317'],
  ['traces', { [common]: 'c:4317', [protocol]: 'grpc', OTEL_EXPORTER_OTLP_INSECURE: 'true' }, 'grpc http://c:4317'],
  [
    'metrics',
    { [common]: 'c:4317', [protocol]: 'grpc', OTEL_EXPORTER_OTLP_METRICS_INSECURE: 'true' },
    'grpc http://c:4317',
  ],
  ['traces', { [protocol]: 'debug' }, 'debug '],
  [
    'traces',
    { [common]: 'http://c', [protocol]: 'smtp', [metrics]: 'http://m', OTEL_EXPORTER_OTLP_METRICS_PROTOCOL: 'grpc' },
    'wrong',
  ],
  ['traces', { [traces]: 'localhost' }, 'wrong'],
  ['traces', { [traces]: 'unix:///run/otlp.sock' }, 'http/protobuf unix:///run/otlp.sock'],
  ['traces', { GRAFANA_CLOUD_ZONE: 'eu-1' }, 'http/protobuf https://otlp-gateway-eu-1.grafana.net/otlp/v1/traces'],
  ['metrics', { GRAFANA_CLOUD_ZONE: 'eu-1' }, 'off'],
  [
    'metrics',
    { GRAFANA_CLOUD_ZONE: 'eu-1', GRAFANA_CLOUD_SUBMIT: 'metrics, Traces' },
    'http/protobuf https://otlp-gateway-eu-1.grafana.net/otlp/v1/metrics',
  ],
] as const)('%s with %j go to %s', (signal, env, expected) => {
  expect(resolved(signal, env as Record<string, string>)).toBe(expected);
});

test('headers of a signal are laid over common ones, and all over those of Grafana Cloud', () => {
  const env = {
    BEYLA_OPEN_PORT: '1',
    GRAFANA_CLOUD_ZONE: 'eu-1',
    GRAFANA_CLOUD_INSTANCE_ID: '12345',
    GRAFANA_CLOUD_API_KEY: 'key',
    OTEL_EXPORTER_OTLP_HEADERS: 'a=1,b=2',
    OTEL_EXPORTER_OTLP_TRACES_HEADERS: 'B=3',
  };
  const { config } = loadConfig({ argv: [], env, readFile: () => '' });
  const authorization = `Basic ${Buffer.from('12345:key').toString('base64')}`;
  expect(resolveOtlp(config, 'traces')).toMatchObject({
    target: { headers: { Authorization: authorization, a: '1', B: '3' } },
  });
});
