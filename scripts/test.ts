/**
 * Runs the checks and every test project in turn and ends with what failed, and one line, `N passed, N failed`.
 *   scripts/test.ts [check|unit|native|kernel|e2e|docker|vm ...] [file filters and options of vitest]
 * The stage vm is whole when it is named. Among all stages it is a part of that, and left out, which is told, where no guests can be had.
 * VM_KERNELS names its kernels (5.10,7.2).
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { check, firstLines } from './check.ts';
import { wantedKernels } from './vm/guest.ts';

/** What vitest's json reporter writes, as far as it matters here. */
interface Report {
  readonly numPassedTests: number;
  readonly testResults: readonly FileReport[];
}

interface FileReport {
  readonly name: string;
  readonly status: string;
  readonly message: string;
  readonly assertionResults: readonly {
    readonly fullName: string;
    readonly status: string;
    readonly failureMessages: readonly string[];
  }[];
}

interface Tally {
  readonly passed: number;
  /** What failed, and how: a few lines each. */
  readonly failures: readonly string[];
}

const root = join(import.meta.dirname, '..');
const failureLines = 12;
const projects = ['unit', 'native', 'kernel', 'e2e', 'docker'];
const stages = ['check', ...projects, 'vm'];

const chosen = process.argv.slice(2).filter((argument) => stages.includes(argument));
const filters = process.argv.slice(2).filter((argument) => !stages.includes(argument));
const whatToRun = chosen.length > 0 ? chosen : filters.length > 0 ? projects : stages;

let passed = 0;
const failures: string[] = [];
let leftOut = '';
for (const stage of whatToRun) {
  console.log(`\n== ${stage}`);
  if (stage === 'vm' && chosen.length === 0) leftOut = guestsMissing();
  if (leftOut !== '') continue;
  const tally =
    stage === 'check' ? { passed: 0, failures: check().map((name) => `check: ${name}`) } : runProject(stage);
  passed += tally.passed;
  failures.push(...tally.failures);
}
for (const failure of failures) console.log(`\nFAILED ${failure}`);
if (leftOut !== '') console.log(`\nNO GUESTS: nothing was tested on other kernels, for ${leftOut}`);
console.log(`\n${passed} passed, ${failures.length} failed`);
process.exitCode = failures.length === 0 ? 0 : 1;

/** Why there can be no guests: they take packages and kernels that need a network. Empty when there can. */
function guestsMissing(): string {
  const works = (script: string, argument: string) =>
    spawnSync(join(root, 'scripts', script), [argument], { stdio: ['ignore', 'ignore', 'inherit'] }).status === 0;
  if (!works('install.sh', 'vm-packages.txt')) return 'QEMU and what goes with it cannot be installed';
  const gone = wantedKernels(true).find((kernel) => !works('vm/fetch.sh', kernel));
  return gone === undefined ? '' : `kernel ${gone} cannot be fetched`;
}

function runProject(project: string): Tally {
  const results = join(root, 'build/test/results');
  const file = join(results, `${project}.json`);
  mkdirSync(results, { recursive: true });
  rmSync(file, { force: true });
  const vitest = [join(root, 'node_modules/vitest/vitest.mjs'), 'run', '--project', project, '--passWithNoTests'];
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
  const command = [process.execPath, ...vitest, ...reporters, ...filters];
  // Gives it a Docker for as long as it runs, and fails where none can be had.
  if (project === 'docker') command.unshift(join(root, 'scripts/docker/engine.sh'), 'run');
  const [program = '', ...args] = command;
  const { status } = spawnSync(program, args, {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, ...(chosen.length === 0 && { VM_SUITE: 'short' }) },
  });
  const tally = read(file);
  // Nothing passes unseen: a crash, or an error outside any test, is a failure too.
  if (status === 0 || tally.failures.length > 0) return tally;
  return { ...tally, failures: [`${project}: vitest ended with ${status}, no test failed`] };
}

function read(file: string): Tally {
  let report: Report;
  try {
    report = JSON.parse(readFileSync(file, 'utf8')) as Report;
  } catch {
    return { passed: 0, failures: [] };
  }
  return { passed: report.numPassedTests, failures: report.testResults.flatMap(failuresOf) };
}

function failuresOf({ name, status, message, assertionResults }: FileReport): string[] {
  const place = relative(root, name);
  if (status === 'failed' && assertionResults.length === 0) return [`${place}\n${firstLines(message, failureLines)}`];
  return assertionResults.flatMap((result) => {
    if (result.status === 'passed') return [];
    const test = `${place} > ${result.fullName}`;
    if (result.status === 'failed') return [`${test}\n${firstLines(ownLines(result.failureMessages), failureLines)}`];
    // A test that skips itself proves nothing. Only who asked for some tests by a filter leaves the others out.
    return filters.length > 0 ? [] : [`${test}: ${result.status}`];
  });
}

/** Without the frames of the stack that are vitest's. */
function ownLines(messages: readonly string[]): string {
  const lines = messages.join('\n').split('\n');
  return lines.filter((line) => !/^\s+at .*node_modules/.test(line)).join('\n');
}
