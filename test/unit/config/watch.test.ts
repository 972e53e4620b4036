import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { printChanges } from '../../../src/command/config-diff.ts';
import { type Change, diffConfig, withLiveChanges } from '../../../src/config/diff.ts';
import { type Loaded, loadConfig } from '../../../src/config/load.ts';
import { type Watcher, watchConfig } from '../../../src/config/watch.ts';

function loaded(yaml: string): Loaded {
  const argv = ['-config', 'b.yml'];
  return loadConfig({ argv, env: { BEYLA_TRACE_PRINTER: 'text' }, readFile: () => yaml });
}

const before = 'open_port: 80\nlog_level: INFO\nprometheus_export: {port: 1}\n';
const after = 'open_port: 80-81\nlog_level: DEBUG\nprometheus_export: {port: 2}\nroutes: {patterns: [/a]}\n';

describe('two configurations', () => {
  test('differ in settings that are live and in others', () => {
    const changes = diffConfig(loaded(before).report, loaded(after).report);
    expect(changes).toEqual([
      { key: 'open_port', before: '"80"', after: '"80-81"', isLive: true },
      { key: 'log_level', before: 'INFO', after: 'DEBUG', isLive: true },
      { key: 'prometheus_export.port', before: '1', after: '2', isLive: false },
      { key: 'routes.patterns', before: '[]', after: '[/a]', isLive: true },
    ]);
    expect(printChanges(changes)).toContain('Needs a restart:\n  prometheus_export.port: 1 -> 2');
  });

  test('are joined so that what cannot change live stays', () => {
    const { config, report } = withLiveChanges(loaded(before), loaded(after));
    expect(config.log_level).toBe('DEBUG');
    expect(config.routes?.patterns).toEqual(['/a']);
    expect(config.prometheus_export.port).toBe(1);
    expect(diffConfig(report, loaded(after).report).map(({ key }) => key)).toEqual(['prometheus_export.port']);
  });

  test('a section may be removed and come back', () => {
    const removed = withLiveChanges(loaded(before), loaded(`${before}routes:\n`));
    expect(diffConfig(loaded(before).report, removed.report)).toEqual([
      { key: 'routes', before: 'there', after: 'removed', isLive: true },
    ]);
    expect(removed.config.routes).toBeUndefined();
    expect(withLiveChanges(removed, loaded(before)).config.routes?.unmatched).toBe('low-cardinality');
  });

  test('secrets do not show in a difference', () => {
    const key = (text: string) => loaded(`${before}grafana: {otlp: {cloud_api_key: ${text}}}\n`).report;
    expect(diffConfig(key('one'), key('two'))).toEqual([
      { key: 'grafana.otlp.cloud_api_key', before: '***', after: '***', isLive: false },
    ]);
  });
});

describe('a watched file', () => {
  let directory: string;
  let path: string;
  let watcher: Watcher;
  const reloads: { loaded: Loaded; changes: readonly Change[] }[] = [];
  const refusals: unknown[] = [];
  let reads = 0;
  let isRefusing = false;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'config-'));
    path = join(directory, 'b.yml');
    writeFileSync(path, before);
    reloads.length = 0;
    refusals.length = 0;
    isRefusing = false;
    const readFile = (each: string): string => {
      reads++;
      return readFileSync(each, 'utf8');
    };
    const load = (): Loaded => loadConfig({ argv: ['-config', path], env: { BEYLA_TRACE_PRINTER: 'text' }, readFile });
    watcher = watchConfig({
      path,
      running: load(),
      load,
      readFile,
      settleMs: 20,
      onReload(next, changes) {
        if (isRefusing) throw new Error('no');
        reloads.push({ loaded: next, changes });
      },
      onUnwatched: (error) => refusals.push(error),
      onRefused: (error) => refusals.push(error),
    });
  });

  afterEach(() => {
    watcher.close();
    rmSync(directory, { recursive: true });
  });

  const soon = { timeout: 5000, interval: 10 };

  test('is read again when it changes, once for several writes', async () => {
    writeFileSync(path, 'open_port: 1\n');
    writeFileSync(path, after);
    await vi.waitFor(() => expect(reloads).toHaveLength(1), soon);
    expect(reloads[0]?.loaded.config.log_level).toBe('DEBUG');
    expect(reloads[0]?.changes.filter(({ isLive }) => !isLive).map(({ key }) => key)).toEqual([
      'prometheus_export.port',
    ]);
    expect(watcher.running.config.prometheus_export.port).toBe(1);
  });

  test('is read again when another file takes its place', async () => {
    writeFileSync(join(directory, 'next'), after);
    renameSync(join(directory, 'next'), path);
    await vi.waitFor(() => expect(reloads).toHaveLength(1), soon);
  });

  test('is read again on SIGHUP, although it has not changed', async () => {
    process.emit('SIGHUP');
    await vi.waitFor(() => expect(reloads).toHaveLength(1), soon);
    expect(reloads[0]?.changes).toEqual([]);
  });

  test('leaves the old configuration in force when it is bad', async () => {
    const running = watcher.running;
    writeFileSync(path, 'open_port: 80a\n');
    await vi.waitFor(() => expect(refusals).toHaveLength(1), soon);
    expect(watcher.running).toBe(running);
    writeFileSync(path, after);
    await vi.waitFor(() => expect(reloads).toHaveLength(1), soon);
  });

  test('leaves the old configuration in force when a part of the agent refuses it', async () => {
    const running = watcher.running;
    isRefusing = true;
    writeFileSync(path, after);
    await vi.waitFor(() => expect(refusals).toHaveLength(1), soon);
    expect(watcher.running).toBe(running);
    isRefusing = false;
    process.emit('SIGHUP');
    await vi.waitFor(() => expect(reloads).toHaveLength(1), soon);
    expect(watcher.running).not.toBe(running);
  });

  test('is compared, but not loaded, when only its neighbours change', async () => {
    const before = reads;
    writeFileSync(join(directory, 'neighbour'), 'x');
    await vi.waitFor(() => expect(reads).toBeGreaterThan(before), soon);
    expect(reloads).toEqual([]);
    expect(refusals).toEqual([]);
  });
});
