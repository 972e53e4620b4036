import { expect, test } from 'vitest';
import { otlpEndpoint } from '../../../src/export/otlp-endpoint.ts';

function endpoint(url: string, protocol: 'grpc' | 'http/protobuf' | 'http/json' = 'http/protobuf') {
  const problems: string[] = [];
  const found = otlpEndpoint('traces', { url, protocol, headers: {} }, (why) => problems.push(why));
  return { url: found?.url.href, socketPath: found?.socketPath, problems };
}

test('an HTTP address is taken as it is', () => {
  expect(endpoint('https://example.org/otlp/v1/traces')).toEqual({
    url: 'https://example.org/otlp/v1/traces',
    socketPath: undefined,
    problems: [],
  });
});

test.each([
  ['unix:///run/otlp.sock', '/run/otlp.sock'],
  ['unix://@otlp', '\u0000otlp'],
])('the unix socket %s is asked for the path of the signal', (url, socketPath) => {
  expect(endpoint(url)).toEqual({ url: 'http://localhost/v1/traces', socketPath, problems: [] });
});

test.each(['unix://', 'unix://@', `unix:///${'x'.repeat(120)}`])('%s names no unix socket', (url) => {
  expect(endpoint(url)).toMatchObject({
    url: undefined,
    problems: [expect.stringContaining('does not name a unix socket')],
  });
});

test('over gRPC the path is the method of the signal', () => {
  expect(endpoint('https://example.org:4317', 'grpc')).toEqual({
    url: 'https://example.org:4317/opentelemetry.proto.collector.trace.v1.TraceService/Export',
    socketPath: undefined,
    problems: [],
  });
});

test('gRPC also goes through a unix socket', () => {
  expect(endpoint('unix:///run/otlp.sock', 'grpc')).toMatchObject({ socketPath: '/run/otlp.sock', problems: [] });
});
