import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { Agent } from '../support/agent.ts';
import { freePorts } from '../support/free-ports.ts';
import { Child } from '../support/processes.ts';
import { pythonProgram, serverScript } from '../support/programs.ts';
import { until } from '../support/until.ts';

const proxied = { bytes: 175_000, requests: 200 };
const megabytes = 1024;

let folder: string;
/** Of the bodies, as large.py makes them. */
let hashes: { readonly proxied: string; readonly large: string };
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'beyla-harm-'));
  const block = Buffer.alloc(3 << 20, 'beyla ');
  hashes = { proxied: hashOf(proxied.bytes, block), large: hashOf(megabytes << 20, block) };
});
afterAll(() => rmSync(folder, { recursive: true }));

const started: { stop(): Promise<unknown> }[] = [];
afterEach(async () => {
  for (const one of started.splice(0).reverse()) await one.stop();
});

describe('every way of handing contexts on does no harm', () => {
  test.each(['tcp', 'headers', 'all'])('%s', async (ways) => {
    const [fionread = 0, large = 0, front = 0] = await freePorts(3);
    const python = (name: string, port: number) =>
      new Child(pythonProgram(), [serverScript(name), `${port}`], { name });
    const nginx = new Child('nginx', ['-p', folder, '-c', proxyConfig(front, large), '-g', 'daemon off;']);
    const servers = [python('fionread.py', fionread), python('large.py', large), nginx];
    started.push(...servers);
    const ask = (port: number, path = '/') => body(port, path);
    for (const port of [fionread, large]) await until(() => ask(port, '/1b').catch(() => undefined));
    await until(() => ask(front, '/1b').catch(() => undefined));
    const before = await ask(fionread);
    const agent = await Agent.start({
      ports: [fionread, large, front],
      printer: 'disabled',
      env: { BEYLA_BPF_CONTEXT_PROPAGATION: ways, OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9' },
    });
    started.push(agent);
    await agent.instruments(...servers.map(({ pid }) => pid));
    for (let i = 0; i < 20; i++) expect(await ask(fionread)).toEqual(before);
    const whole = { bytes: proxied.bytes, hash: hashes.proxied };
    for (let i = 0; i < proxied.requests; i++) expect(await ask(front, `/${proxied.bytes}b`)).toEqual(whole);
    const begin = performance.now();
    expect(await ask(large, `/${megabytes}`)).toEqual({ bytes: megabytes << 20, hash: hashes.large });
    const seconds = (performance.now() - begin) / 1000;
    console.log(
      `${ways}: FIONREAD as before, ${proxied.requests} bodies of ${proxied.bytes} bytes through nginx and ` +
        `${megabytes} MiB in ${seconds.toFixed(1)} s with the right hashes`,
    );
    const told = agent.log.filter((line) => line.includes('msg="context propagation"'));
    const names = ways === 'all' ? ['tcp', 'headers'] : [ways];
    expect(told.map((line) => /way=(\S+)/.exec(line)?.[1])).toEqual(names);
  });
});

function proxyConfig(port: number, upstream: number): string {
  const text = readFileSync(serverScript('nginx-proxy.conf'), 'utf8')
    .replace(':PORT;', `:${port};`)
    .replace(':UPSTREAM;', `:${upstream};`);
  const file = join(folder, 'nginx.conf');
  writeFileSync(file, text);
  return file;
}

function hashOf(bytes: number, block: Buffer): string {
  const hash = createHash('sha256');
  for (let at = 0; at < bytes; at += block.length) hash.update(block.subarray(0, bytes - at));
  return hash.digest('hex');
}

function body(port: number, path: string): Promise<{ readonly bytes: number; readonly hash: string }> {
  const { promise, resolve, reject } = Promise.withResolvers<{ readonly bytes: number; readonly hash: string }>();
  const hash = createHash('sha256');
  let bytes = 0;
  get({ host: '127.0.0.1', port, path, agent: false }, (answer) => {
    answer.on('data', (part: Buffer) => {
      bytes += part.length;
      hash.update(part);
    });
    answer.on('end', () => resolve({ bytes, hash: hash.digest('hex') })).on('error', reject);
  }).on('error', reject);
  return promise;
}
