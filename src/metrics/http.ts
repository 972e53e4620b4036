import {
  CLIENT_ADDRESS,
  HTTP_METHOD,
  HTTP_ROUTE,
  HTTP_STATUS,
  SERVER_ADDRESS,
  SERVER_PORT,
  URL_PATH,
  URL_SCHEME,
} from '../span/attributes.ts';
import type { Span } from '../span/span.ts';
import { serviceAttributes } from './attribute-groups.ts';
import { durationSeconds, type MetricDefinition, off, on } from './definition.ts';

const common = [...serviceAttributes, ...on(HTTP_METHOD, URL_SCHEME, HTTP_STATUS, HTTP_ROUTE), ...off(URL_PATH)];

const server = {
  family: 'http',
  type: 'histogram',
  kinds: ['server'],
  attributes: [...common, ...on(SERVER_ADDRESS, SERVER_PORT), ...off(CLIENT_ADDRESS)],
} as const;

const client = {
  family: 'http',
  type: 'histogram',
  kinds: ['client'],
  attributes: [...common, ...on(SERVER_ADDRESS, SERVER_PORT)],
} as const;

const requestSize = { unit: 'By', buckets: 'requestSize', value: requestBytes } as const;
const responseSize = { unit: 'By', buckets: 'responseSize', value: responseBytes } as const;
const duration = { unit: 's', buckets: 'duration', value: durationSeconds } as const;

export const httpMetrics: readonly MetricDefinition[] = [
  {
    ...server,
    ...duration,
    name: 'http.server.request.duration',
    help: 'duration of HTTP service calls from the server side, in seconds',
  },
  {
    ...server,
    ...requestSize,
    name: 'http.server.request.body.size',
    help: 'size, in bytes, of the HTTP request body as received at the server side',
  },
  {
    ...server,
    ...responseSize,
    name: 'http.server.response.body.size',
    help: 'size, in bytes, of the HTTP response body as received at the server side',
  },
  {
    ...client,
    ...duration,
    name: 'http.client.request.duration',
    help: 'duration of HTTP service calls from the client side, in seconds',
  },
  {
    ...client,
    ...requestSize,
    name: 'http.client.request.body.size',
    help: 'size, in bytes, of the HTTP request body as sent from the client side',
  },
  {
    ...client,
    ...responseSize,
    name: 'http.client.response.body.size',
    help: 'size, in bytes, of the HTTP response body as sent from the client side',
  },
];

/** An unknown length counts as an empty body, as the reference counts it. */
function requestBytes(span: Span): number {
  return Math.max(span.requestBytes, 0);
}

function responseBytes(span: Span): number {
  return Math.max(span.responseBytes, 0);
}
