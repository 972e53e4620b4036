import type { Language } from '../span/service.ts';
import { Languages } from './language.ts';
import type { ProcFs } from './proc-fs.ts';
import type { Process } from './process.ts';
import type { RuleSet } from './rules.ts';
import { scanProcesses } from './scan.ts';
import { type Inheritance, judge, type Verdict } from './select.ts';
import { type SurroundingsOptions, surroundingsOf } from './surroundings.ts';

/** One process as a person wants to see it: what it is, and what becomes of it and why. */
export interface Examined {
  readonly pid: number;
  readonly exe: string;
  readonly command: string;
  readonly ports: readonly number[];
  readonly containerId: string;
  /** Only of those that are selected, or would be but for it. */
  readonly language: Language | undefined;
  readonly verdict: Verdict;
}

const maxCommandLength = 200;

/** Judges every process once, without capturing anything: for reports, beside a running agent or without one. */
export async function examine(
  options: SurroundingsOptions & { readonly rules: RuleSet; readonly proc: ProcFs },
): Promise<Examined[]> {
  const { proc, rules } = options;
  const languages = new Languages(proc);
  const found: Process[] = [];
  await scanProcesses(proc, undefined, (process) => found.push(process));
  const known = new WeakMap<Process, Language>();
  const around = surroundingsOf(options, (process) => known.get(process));
  const inheritances = new Map<number, Inheritance>();
  const rows: Examined[] = [];
  for (const process of found) {
    const inheritance = inheritances.get(process.parent);
    let verdict = judge(rules, process, around, inheritance);
    if (verdict.is === 'selected' || verdict.language === 'unknown') {
      known.set(process, await languages.detect(process));
      verdict = judge(rules, process, around, inheritance);
    }
    if (verdict.is === 'selected') inheritances.set(process.pid, { from: process.pid, rules: verdict.rules });
    rows.push(rowOf(process, verdict, known.get(process)));
  }
  return rows;
}

function rowOf(process: Process, verdict: Verdict, language: Language | undefined): Examined {
  const { pid, exe, containerId } = process;
  const command = process.command.join(' ').slice(0, maxCommandLength);
  return { pid, exe, command, ports: [...process.ports].toSorted((a, b) => a - b), containerId, language, verdict };
}
