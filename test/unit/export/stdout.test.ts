import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { type StdoutOptions, stdoutSink } from '../../../src/export/stdout.ts';
import type { Span } from '../../../src/span/span.ts';
import { counters } from '../../../src/telemetry/counters.ts';
import { exporterContract } from '../../support/exporter-contract.ts';
import { spansOf, testService, testSpan } from '../../support/spans.ts';

const closeMs = 200;

function open(options: Partial<StdoutOptions> = {}) {
  const stream = new PassThrough();
  const sink = stdoutSink({ format: 'text', vintage: 'seed', closeMs, stream, ...options });
  const text = () => String(stream.read() ?? '');
  return { sink, stream, text, write: (spans: readonly Span[]) => sink.write(spans), clean: async () => {} };
}

exporterContract({
  name: 'stdout',
  closeMs,
  async open() {
    const opened = open();
    let seen = '';
    const arrived = () => {
      seen += opened.text();
      return [...seen.matchAll(/GET (\S+)/g)].map(([, path]) => path ?? '');
    };
    return { ...opened, arrived };
  },
  async openBroken() {
    const opened = open();
    const start = async () => {
      await opened.sink.start();
      opened.stream.destroy(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
      await new Promise((resolve) => opened.stream.once('close', resolve));
    };
    return { ...opened, sink: { ...opened.sink, start }, arrived: () => [], lost: () => counters.total('spans_lost') };
  },
  async openStuck() {
    // a reader that takes nothing: the writer's buffer fills
    const opened = open({ stream: new PassThrough({ highWaterMark: 1 }) });
    return { ...opened, arrived: () => [] };
  },
  lostOf: (count) => count,
});

test('one batch is one write', async () => {
  const { sink, stream } = open();
  const chunks: string[] = [];
  stream.on('data', (chunk) => chunks.push(String(chunk)));
  sink.write(spansOf(['/a', '/b', '/c']));
  await sink.stop();
  expect(chunks).toHaveLength(1);
  expect(chunks[0]?.split('\n')).toHaveLength(4);
});

test('the counter form prints nothing but the number at the end', async () => {
  const { sink, text } = open({ format: 'counter' });
  sink.write(spansOf(['/a', '/b', '/c']));
  expect(text()).toBe('');
  await sink.stop();
  expect(text()).toBe('Processed 3 requests\n');
});

test('spans that are ignored for traces are not printed', async () => {
  const { sink, text } = open();
  sink.write([testSpan({}, { ignored: { metrics: false, traces: true } })]);
  sink.write([testSpan({ service: testService({ exports: { metrics: true, traces: false } }) })]);
  expect(text()).toBe('');
});

test('a reader that went away is told of once, and costs spans but nothing else', async () => {
  const { sink, stream } = open();
  await sink.start();
  stream.destroy(new Error('write EPIPE'));
  await new Promise((resolve) => stream.once('close', resolve));
  const before = counters.get('spans_lost', 'printer_closed');
  sink.write(spansOf(['/a', '/b']));
  expect(counters.get('spans_lost', 'printer_closed') - before).toBe(2);
});

test('json is an array a batch on one line', () => {
  const { sink, text } = open({ format: 'json' });
  sink.write(spansOf(['/a', '/b']));
  const [line, rest] = text().split('\n');
  expect(rest).toBe('');
  expect(JSON.parse(line ?? '').map((span: { attributes: { url: string } }) => span.attributes.url)).toEqual([
    '/a',
    '/b',
  ]);
});

test('json_indent is indented by one blank a level', () => {
  const { sink, text } = open({ format: 'json_indent' });
  sink.write(spansOf(['/a']));
  expect(text().split('\n').slice(0, 3)).toEqual(['[', ' {', '  "type": "HTTP",']);
});
