import { expect, test } from 'vitest';
import { off, on } from '../../../src/metrics/definition.ts';
import { type Select, selectedAttributes } from '../../../src/metrics/selection.ts';

const allowed = [...on('service.name', 'http.route', 'http.request.method'), ...off('url.path', 'client.address')];

function selected(select: Select, metric = 'http.server.request.duration'): readonly string[] {
  return selectedAttributes(metric, allowed, select).map(({ name }) => name);
}

test('without a section a metric carries its defaults', () => {
  expect(selected({})).toEqual(['service.name', 'http.route', 'http.request.method']);
  expect(selected({ 'rpc.*': { include: ['*'] } })).toEqual(['service.name', 'http.route', 'http.request.method']);
});

test('an include replaces the defaults', () => {
  expect(selected({ '*': { include: ['url.*', 'service_name'] } })).toEqual(['service.name', 'url.path']);
});

test('an exclude alone takes away from the defaults', () => {
  expect(selected({ '*': { exclude: ['http.*'] } })).toEqual(['service.name']);
});

test('sections go from the broad to the narrow, and a later one only adds and takes away', () => {
  const select = {
    http_server_request_duration_seconds: { include: ['client.address'] },
    '*': { include: ['*'], exclude: ['client.address', 'url.path'] },
    'http.*': { exclude: ['http_route'] },
  };
  expect(selected(select)).toEqual(['service.name', 'http.request.method', 'client.address']);
});

test.each([
  'http.server.request.duration',
  'http_server_request_duration',
  'http_server_request_duration_seconds',
  'http_server_request_duration_seconds_bucket',
  'http.server.*',
  '*',
])('the section %s is about the metric', (section) => {
  expect(selected({ [section]: { include: ['url.path'] } })).toEqual(['url.path']);
});

test('unknown attributes have no effect', () => {
  expect(selected({ '*': { include: ['service.name', 'no.such'] } })).toEqual(['service.name']);
});
