import { readdirSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { aligned } from '../../scripts/aligned.ts';
import { runInGuest } from '../../scripts/vm/guest.ts';
import { builtFile } from '../../src/kernel/addon.ts';
import { backends } from '../../src/kernel/capture.ts';
import { httpsProgram, loadGenerator, routersProgram, sampleServer } from '../support/programs.ts';
import {
  type BackendReport,
  expectedSpans,
  type ProbesReport,
  probedNames,
  probedRequests,
  type WarningsReport,
} from './loads.ts';
import type { Verdict } from './verdict.ts';
import { isShort, wanted } from './wanted.ts';

const limitS = 400;

const isSince = (kernel: string, major: number, minor: number) => {
  const [a = 0, b = 0] = kernel.split('.').map(Number);
  return a > major || (a === major && b >= minor);
};

/** The tracepoints that this backend hangs on came with Linux 6.16. */
const hasTcpTracepoints = (kernel: string) => isSince(kernel, 6, 16);

/** All that the kernel has the hooks for, the best first. */
const backendsOf = (kernel: string) => backends.filter((backend) => backend !== 'tp_btf' || hasTcpTracepoints(kernel));

/** What the suite is asked for: the agent's own choice, and further ones. */
function askedOf(kernel: string): readonly string[] {
  const [, ...others] = backendsOf(kernel);
  return ['auto', ...(isShort ? ['syscalls'] : others)];
}

/** No object of the agent is left out. */
const objectOf = (file: string) => (file.endsWith('.bpf.o') ? [file.slice(0, -'.bpf.o'.length)] : []);

/** What may be refused. */
function isBeyond(object: string, kernel: string): boolean {
  const [file = ''] = object.split(',');
  if (file === 'http_tp_btf') return !hasTcpTracepoints(kernel);
  if (file === 'http_syscalls_btf') return !isSince(kernel, 6, 15);
  if (file === 'active') return !isSince(kernel, 5, 14);
  if (file === 'turn_reads') return !isSince(kernel, 6, 3);
  return file.endsWith('_multi') && !isSince(kernel, 6, 6); // each probe has a link of its own there
}

interface Told {
  readonly status: number;
  readonly verdicts: readonly Verdict[];
  readonly reports: readonly BackendReport[];
  readonly probes: ProbesReport | undefined;
  readonly warned: WarningsReport | undefined;
}

async function boot(kernel: string): Promise<Told> {
  // Here, because the guest would build them for itself alone.
  sampleServer();
  loadGenerator();
  httpsProgram();
  routersProgram();
  let output = '';
  const suite = ['test/vm/guest/suite.ts', ...askedOf(kernel)].join(' ');
  const status = await runInGuest({
    kernel,
    command: ['sh', '-c', `node test/vm/guest/verifier.ts && exec node ${suite}`],
    limitS,
    env: { TEST_PATIENCE: '10' },
    onOutput: (bytes) => {
      output += bytes.toString();
    },
    onAgain: () => {
      output = '';
    },
  });
  const lines = output.split('\n').filter((line) => line.startsWith('{'));
  if (status !== 0) console.log(output.split('\n').slice(-40).join('\n'));
  const all = lines.map((line) => JSON.parse(line) as Verdict | BackendReport | ProbesReport | WarningsReport);
  return {
    status,
    verdicts: all.filter((one) => 'object' in one),
    reports: all.filter((one) => 'spans' in one),
    probes: all.find((one) => 'seenByProbes' in one),
    warned: all.find((one) => 'warnings' in one),
  };
}

/** The largest program of each object: what comes near the verifier's limit of a million instructions. */
function verifierTable(kernel: string, verdicts: readonly Verdict[]): string {
  const rows = [...new Set(verdicts.map(({ object }) => object))].map((object) => {
    const programs = verdicts.filter((one) => one.object === object).flatMap((one) => ('program' in one ? [one] : []));
    const [largest] = programs.toSorted((a, b) => b.instructions - a.instructions);
    if (largest === undefined) return [object, '', '', '', 'refused'];
    const sum = programs.reduce((all, { instructions }) => all + instructions, 0);
    return [object, `${sum}`, `${largest.instructions}`, largest.stack, largest.program];
  });
  return `Linux ${kernel}\n${aligned([['object', 'instructions', 'largest', 'its stack', ''], ...rows])}`;
}

describe.each(wanted)('Linux %s', (kernel) => {
  let told: Told;
  const best = backendsOf(kernel)[0];

  beforeAll(
    async () => {
      told = await boot(kernel);
      console.log(verifierTable(kernel, told.verdicts));
    },
    2 * limitS * 1000 + 60_000,
  );

  test('the guest comes to its end', () => {
    expect(told.status).toBe(0);
  });

  test('every object loads that the kernel has the hooks for', () => {
    const refused = told.verdicts.filter((one) => 'refused' in one && !isBeyond(one.object, kernel));
    expect(refused).toEqual([]);
    expect(told.verdicts.some((one) => 'program' in one && one.object.startsWith('http_tp_btf'))).toBe(
      hasTcpTracepoints(kernel),
    );
    expect(told.verdicts.filter((one) => 'program' in one && !(one.instructions > 0))).toEqual([]);
    const looked = new Set(told.verdicts.map(({ object }) => object.split(',')[0]));
    expect([...looked].sort()).toEqual(readdirSync(builtFile('bpf')).flatMap(objectOf).sort());
  });

  test('the agent takes the best backend that there is', () => {
    expect(told.reports.find(({ asked }) => asked === 'auto')?.backend).toBe(best);
  });

  test('the kernel warns of nothing', () => {
    expect(told.warned?.warnings).toEqual([]);
  });

  test('probes tell requests inside TLS, of Go and of OpenSSL, and routes of Go', () => {
    const expected = Object.fromEntries(probedNames.map((name) => [name, probedRequests]));
    expect(told.probes?.seenByProbes).toEqual(expected);
  });

  test.each(askedOf(kernel))('%s tells every exchange once', (asked) => {
    const report = told.reports.find((one) => one.asked === asked);
    const order = (spans: BackendReport['spans']) => spans.map((span) => JSON.stringify(span)).sort();
    expect(report && { ...report, spans: order(report.spans) }).toEqual({
      asked,
      backend: asked === 'auto' ? best : asked,
      spans: order(expectedSpans()),
      lost: {},
    });
  });
});
