import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Agent } from '../support/agent.ts';
import { backends } from '../support/backends.ts';
import { freePorts } from '../support/free-ports.ts';
import type { Child } from '../support/processes.ts';
import { samplesOf, sumOf } from '../support/prometheus-text.ts';
import { startSampleServer } from '../support/sample-server.ts';
import { until } from '../support/until.ts';

/** The tutorial's story, with the commands it types. */
describe.each(backends)('the sample server captured by %s', (backend) => {
  let port = 0;
  let server: Child;
  let agent: Agent;

  beforeAll(async () => {
    [port = 0] = await freePorts(1);
    server = await startSampleServer(port);
    agent = await Agent.start({ backend, ports: [port], env: { BEYLA_TRACE_PRINTER: 'text' } });
    await agent.instruments(server.pid);
  });
  afterAll(async () => {
    await agent?.stop();
    await server?.stop();
  });

  test('a request is a line', async () => {
    await ask('/hello');
    const line = await printed('/hello');
    expect(line).toMatch(/ 200 GET \/hello/);
    expect(line).toContain(`:${port}]`);
    expect(line).toMatch(/contentLen:0B responseLen:0B svc=\[testserver go\]/);
  });

  test('status= is the status', async () => {
    await ask('/foo?status=404');
    expect(await printed('/foo')).toMatch(/ 404 GET \/foo/);
  });

  test('a post of 6 bytes with delay=200ms has both durations and its size', async () => {
    const begin = performance.now();
    await ask('/post?delay=200ms', { method: 'POST', body: 'abcdef' });
    const waitedMs = performance.now() - begin;
    const line = await printed('/post');
    const [, total = '', handler = ''] = /\(([0-9.]+)ms\[([0-9.]+)ms\]\) .* 200 POST \/post/.exec(line) ?? [];
    expect(Number(handler)).toBeGreaterThanOrEqual(200);
    expect(Number(total)).toBeGreaterThanOrEqual(Number(handler));
    expect(Number(total)).toBeLessThan(waitedMs);
    expect(line).toContain('contentLen:6B');
  });

  test('the metrics count each of them once', async () => {
    const name = 'http_server_request_duration_seconds_count';
    const metrics = await until(async () => {
      const samples = await agent.metrics();
      return sumOf(samples, name) >= 3 && samples;
    });
    expect(sumOf(metrics, name, { service_name: 'testserver', http_response_status_code: '404' })).toBe(1);
    expect(sumOf(metrics, name, { http_request_method: 'POST', http_response_status_code: '200' })).toBe(1);
    expect(sumOf(metrics, 'http_server_request_body_size_bytes_sum')).toBe(6);
    const buckets = samplesOf(metrics, 'http_server_request_duration_seconds_bucket', { http_request_method: 'POST' });
    expect(buckets.find(({ labels }) => labels['le'] === '0.1')?.value).toBe(0);
    expect(buckets.find(({ labels }) => labels['le'] === '0.5')?.value).toBe(1);
  });

  async function ask(path: string, init: RequestInit = {}): Promise<void> {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, init);
    await answer.arrayBuffer();
  }

  function printed(path: string): Promise<string> {
    return until(() => agent.log.find((line) => line.includes(` ${path}`)), { what: `a line about ${path}` });
  }
});
