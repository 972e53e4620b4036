import { expect, test } from 'vitest';
import { signalSentTo } from '../../../src/discover/own-grpc-ports.ts';

const endpoint = (signal: string, value: string) => ({ [`OTEL_EXPORTER_OTLP_${signal}ENDPOINT`]: value });
const protocol = (signal: string, value: string) => ({ [`OTEL_EXPORTER_OTLP_${signal}PROTOCOL`]: value });

test.each([
  ['both signals to the default port', 4317, {}, undefined],
  ['both signals to the port of both', 5317, endpoint('', 'http://collector:5317'), undefined],
  ['traces elsewhere: the default port is for metrics', 4317, endpoint('TRACES_', 'http://tempo:9317'), 'metrics'],
  ['traces to their own port', 9317, endpoint('TRACES_', 'http://tempo:9317/'), 'traces'],
  ['metrics to their own port, without a scheme', 9090, endpoint('METRICS_', 'mimir:9090'), 'metrics'],
  ['an endpoint without a port', 4317, endpoint('TRACES_', 'https://tempo.example'), undefined],
  ['metrics by another protocol', 4317, protocol('METRICS_', 'http/protobuf'), 'traces'],
  ['everything by another protocol', 4317, protocol('', 'http/json'), undefined],
  ['a port of neither', 50051, endpoint('TRACES_', 'http://tempo:9317'), undefined],
] as const)('%s', (_, port, environment, expected) => {
  expect(signalSentTo(port, environment, 4317)).toBe(expected);
});
