import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { newTraceId } from '../../../src/span/ids.ts';
import { TraceFeed } from '../../../src/view/feed.ts';
import { followTraces } from '../../../src/view/follow.ts';
import type { ShownSpan } from '../../../src/view/shown-span.ts';
import { treeText } from '../../../src/view/trees.ts';
import { testSpan } from '../../support/spans.ts';
import { until } from '../../support/until.ts';

const folder = mkdtempSync(join(tmpdir(), 'beyla-traces-'));
afterAll(() => rmSync(folder, { recursive: true }));

function span(spanId: string, parentSpanId: string, rule: string, startMs: number): ShownSpan {
  const kind = rule === 'thread' ? 'client' : 'server';
  const times = { startNs: startMs * 1e6, endNs: (startMs + 10) * 1e6 };
  return { traceId: 't', spanId, parentSpanId, rule, kind, name: 'GET /', service: spanId, status: 200, ...times };
}

test('children stand below their parents, each with the rule of its link', () => {
  const spans = [
    span('c', 'b', 'host', 3),
    span('b', 'a', 'thread', 2),
    span('a', '', 'none', 1),
    span('d', 'x', 'header', 4),
  ];
  expect(treeText(spans)).toBe(
    [
      'trace t',
      '  server a: GET / 200, +0.0ms 10.0ms (root)',
      '    client b: GET / 200, +1.0ms 10.0ms (by thread)',
      '      server c: GET / 200, +2.0ms 10.0ms (by host)',
      '  server d: GET / 200, +3.0ms 10.0ms (by header, parent x elsewhere)',
      '',
    ].join('\n'),
  );
});

test('spans that claim each other as parents end the walk', () => {
  expect(treeText([span('a', 'b', 'thread', 1), span('b', 'a', 'thread', 2)])).toBe('trace t\n');
});

test('the trees of a running agent are shown when nothing more of them comes', async () => {
  const feed = new TraceFeed(folder);
  await feed.start();
  writeFileSync(join(folder, 'dead.traces'), '');
  const shown: string[] = [];
  const end = followTraces({ folder, quietMs: 20, write: (text) => shown.push(text) });
  await until(() => {
    feed.write([testSpan({ traceId: newTraceId(), spanId: 'b'.repeat(16) })]); // a trace that goes on is not shown
    return shown.length > 0;
  });
  await feed.stop();
  expect(await end).toBe(1);
  expect(shown.join('')).toMatch(/^trace [0-9a-f]{32}\n {2}server testserver: GET 200, \+0\.0ms 15\.2ms \(root\)\n/);
});

test('without an agent nothing is followed', async () => {
  expect(await followTraces({ folder: join(folder, 'none'), write: () => {} })).toBe(0);
});
