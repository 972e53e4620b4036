/** What must hold before a change is committed. Prints what does not and how to mend it; tests nothing that runs. */
import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

interface Check {
  readonly name: string;
  readonly mend: string;
  /** Empty: all is well. Otherwise what is wrong. */
  readonly run: () => string;
}

const root = join(import.meta.dirname, '..');
const shownLines = 40;
const inC = ['bpf/**/*.[ch]', 'native/*.{cc,h}', 'test/native/**/*.c'];
const generated = ['src/**/*.gen.*', 'docs/config.md', 'grafana/dashboards/*.json'];

const checks: readonly Check[] = [
  {
    name: 'layout and lint of TypeScript',
    mend: 'biome check --write',
    run: () => output('biome', ['check', '--error-on-warnings']),
  },
  { name: 'types', mend: 'edit', run: () => output('tsc', ['--noEmit']) },
  {
    name: 'layout of C and C++',
    mend: 'clang-format -i FILE',
    run: unformatted,
  },
  { name: 'generated files', mend: './run gen, then commit them', run: staleFiles },
];

/** Runs all of them and returns the names of those that failed. */
export function check(): string[] {
  const failed: string[] = [];
  for (const { name, mend, run } of checks) {
    const wrong = run();
    console.log(`${wrong === '' ? 'ok    ' : 'FAILED'} ${name}`);
    if (wrong === '') continue;
    failed.push(name);
    console.log(`${firstLines(wrong, shownLines)}\n       to mend: ${mend}`);
  }
  return failed;
}

export function firstLines(text: string, count: number): string {
  const lines = text.trimEnd().split('\n');
  return lines.length <= count ? lines.join('\n') : [...lines.slice(0, count), `… ${lines.length} lines`].join('\n');
}

function output(command: string, args: readonly string[]): string {
  return outputOf(command, spawnSync(command, args, { cwd: root, encoding: 'utf8' }));
}

function outputOf(command: string, { error, status, stdout, stderr }: SpawnSyncReturns<string>): string {
  if (error !== undefined) return `${command}: ${error.message}`;
  return status === 0 ? '' : `${stdout}${stderr}` || `${command} ended with ${status}`;
}

/** Only which files: clang-format would tell every place. */
function unformatted(): string {
  const places = output('clang-format', ['--dry-run', '-Werror', ...files(inC)]);
  const names = new Set([...places.matchAll(/^(\S+?):\d+:\d+: error:/gm)].map(([, file]) => file));
  return names.size > 0 ? [...names].join('\n') : places;
}

function staleFiles(): string {
  const before = contents();
  const failures = globSync('scripts/gen-*.ts', { cwd: root }).map((script) => output(process.execPath, [script]));
  const after = contents();
  const stale = [...after]
    .filter(([file, text]) => before.get(file) !== text)
    .map(([file]) => `${file} was not current\n`);
  return [...failures, ...stale].join('');
}

function contents(): Map<string, string> {
  return new Map(files(generated).map((file) => [file, readFileSync(join(root, file), 'utf8')]));
}

function files(patterns: readonly string[]): string[] {
  return globSync(patterns, { cwd: root }).sort();
}

if (import.meta.main) process.exitCode = check().length === 0 ? 0 : 1;
