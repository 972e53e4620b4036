import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Agent } from '../support/agent.ts';
import { backends } from '../support/backends.ts';
import { freePorts } from '../support/free-ports.ts';
import { ownCertificate } from '../support/https.ts';
import { lostSpans } from '../support/losses.ts';
import { Child } from '../support/processes.ts';
import { sumOf } from '../support/prometheus-text.ts';
import { listening } from '../support/sample-server.ts';
import { until } from '../support/until.ts';

const requests = 10_000;
const folder = mkdtempSync(join(tmpdir(), 'beyla-http2-'));

beforeAll(() => writeFileSync(join(folder, 'hello'), 'hello\n'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const plain = (port: number) => ['--no-tls', '--htdocs', folder, `${port}`];
const encrypted = (port: number) => {
  const { certificate, key } = ownCertificate();
  return ['--htdocs', folder, `${port}`, key, certificate];
};

describe.each(backends)('captured by %s', (backend) => {
  describe.each([
    ['h2c', 'http', plain],
    ['h2 over TLS', 'https', encrypted],
  ] as const)('%s', (_, scheme, serverArgs) => {
    let url = '';
    let server: Child;
    let agent: Agent;

    beforeAll(async () => {
      const [port = 0] = await freePorts(1);
      url = `${scheme}://127.0.0.1:${port}/hello`;
      server = new Child('nghttpd', serverArgs(port), { name: 'nghttpd' });
      await listening(server, port);
      agent = await Agent.start({ backend, ports: [port], printer: 'disabled' });
      await agent.instruments(server.pid);
    });
    afterAll(async () => {
      await agent?.stop();
      await server?.stop();
    });

    const counted = async () => sumOf(await agent.metrics(), 'http_server_request_duration_seconds_count');

    /** Waits for as many more, and makes sure that no further ones come before another scrape. */
    async function countedMore(before: number, more: number): Promise<number> {
      await until(async () => (await counted()) >= before + more, { what: `${more} requests to be counted` });
      return (await counted()) - before;
    }

    test(`${requests} requests, 100 at once on each of 10 connections, are that many`, async () => {
      const before = await counted();
      const client = new Child('h2load', ['-n', `${requests}`, '-c', '10', '-m', '100', url], { name: 'h2load' });
      expect(await client.line(/^requests:/, 60_000)).toContain(`${requests} succeeded, 0 failed`);
      expect(await countedMore(before, requests)).toBe(requests);
      expect(lostSpans(await agent.internalMetrics())).toBe(0);
    });
  });
});
