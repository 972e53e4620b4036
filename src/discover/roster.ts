import type { Capturing, Service } from '../span/service.ts';
import { counters } from '../telemetry/counters.ts';
import { log } from '../telemetry/log.ts';
import { metadataOf, namesOf } from './container-names.ts';
import type { Containers } from './containers.ts';
import type { TargetMap } from './events.ts';
import { type Examined, examine } from './examine.ts';
import type { Host } from './host.ts';
import { identify, type KnownNames, merged } from './identify.ts';
import { LanguageWatch } from './language-watch.ts';
import type { Process } from './process.ts';
import type { RuleSet } from './rules.ts';
import { type Inheritance, judge, type Metadata, type Surroundings, type Verdict } from './select.ts';
import { type Listener, type Selected, SelectedProcesses } from './selected.ts';
import { type OwnSignal, SelfExports } from './self-exports.ts';
import { type SurroundingsOptions, surroundingsOf } from './surroundings.ts';

export interface RosterOptions extends Listener, SurroundingsOptions {
  readonly rules: RuleSet;
  readonly host: Host;
  readonly targets: TargetMap;
  readonly containers?: Containers;
  readonly names?: (process: Process) => KnownNames;
  /** A process that exports metrics itself gives up span metrics, too. */
  readonly avoidsSpanMetrics?: boolean;
}

interface Undecided {
  readonly process: Process;
  readonly inheritance: Inheritance | undefined;
}

/** Judges processes, keeps those that are selected and tells about them; the kernel's table follows every decision. */
export class Roster {
  rules: RuleSet;
  readonly selected = new SelectedProcesses();
  readonly #options: RosterOptions;
  #host: Host;
  readonly #metadata: (process: Process) => Metadata;
  readonly #around: Surroundings;
  readonly #languages: LanguageWatch;
  readonly #selfExports: SelfExports;
  /** Cannot be judged before their language is known; they stay captured until then. */
  readonly #undecided = new Map<number, Undecided>();
  readonly #holders = new Set<number>();
  /** Of services that are selected and yet not wholly captured. */
  readonly #capturing = new Map<string, Capturing>();

  constructor(options: RosterOptions) {
    this.#options = options;
    this.rules = options.rules;
    this.#host = options.host;
    this.#selfExports = new SelfExports(options.avoidsSpanMetrics ?? false);
    this.#languages = new LanguageWatch(options.proc, {
      onLearnt: (process) => this.#learnt(process),
      onSettled: (process) => this.#settled(process),
    });
    this.#metadata = (process) => ({
      ...metadataOf(options.containers?.of(process.containerId)),
      ...options.metadata?.(process),
    });
    this.#around = surroundingsOf({ ...options, metadata: this.#metadata }, (process) => this.#languages.of(process));
  }

  /** Judges every process without following from it: for reports. */
  examine(): Promise<Examined[]> {
    return examine({ ...this.#options, metadata: this.#metadata, rules: this.rules });
  }

  knows(pid: number): boolean {
    return this.selected.get(pid) !== undefined || this.#undecided.has(pid);
  }

  undecided(pid: number): Process | undefined {
    return this.#undecided.get(pid)?.process;
  }

  /** It is not captured, but what it starts is until it is judged. */
  isHolder(pid: number): boolean {
    return this.#holders.has(pid);
  }

  stop(): void {
    this.#languages.stop();
  }

  /** `mayBeCaptured`: the kernel may have adopted it. Otherwise, if it has, an event says so and it is judged then. */
  decide(process: Process, inheritance?: Inheritance, mayBeCaptured = true): void {
    const verdict = judge(this.rules, process, this.#around, inheritance);
    this.#undecided.delete(process.pid);
    if (verdict.is === 'selected') this.#accept(process, verdict, inheritance);
    else if (verdict.language === 'unknown') this.#postpone(process, inheritance);
    else this.#refuse(process, verdict, mayBeCaptured);
  }

  /** The process is no more. */
  ended(hostPid: number): void {
    const one = this.selected.byHostPid(hostPid);
    this.#options.targets.remove(hostPid);
    if (one !== undefined) this.#drop(one);
  }

  /** Something has become known of a container: its processes may have other names now, or match other rules. */
  containerKnown(id: string): void {
    for (const { process, inheritance } of this.selected.all()) {
      if (process.containerId === id) this.decide(process, inheritance);
    }
  }

  /** More has become known of the machine. */
  hostKnown(resource: Readonly<Record<string, string>>): void {
    this.#host = { ...this.#host, resource: { ...this.#host.resource, ...resource } };
    for (const { process, inheritance } of this.selected.all()) this.decide(process, inheritance);
  }

  /** Captures so much of a service's processes; of those that come meanwhile all is known but their requests. */
  capture(service: Service, how: Capturing): void {
    const key = keyOf(service);
    if (how === 'all') this.#capturing.delete(key);
    else this.#capturing.set(key, how);
    for (const one of this.selected.all()) if (keyOf(one.service) === key) this.#capture(one);
  }

  #capture({ process: { hostPid }, service }: Selected): void {
    const how = this.#capturing.get(keyOf(service)) ?? 'all';
    if (how === 'nothing') this.#options.targets.hold(hostPid);
    else this.#options.targets.add(hostPid, how === 'all');
  }

  /** The process reports itself, and is not reported any more; true when that is news. */
  exportsItself(pid: number, signal: OwnSignal): boolean {
    const one = this.selected.get(pid);
    if (one === undefined || !this.#selfExports.add(one.process, signal)) return false;
    const { name: service } = one.service;
    log.info('process exports its own telemetry, which is left to it', { cmd: one.process.exe, pid, service, signal });
    this.decide(one.process, one.inheritance);
    return true;
  }

  /** Forgets what is kept of a pid besides its selection. */
  forget(pid: number): void {
    this.#undecided.delete(pid);
    this.#holders.delete(pid);
  }

  #accept(process: Process, verdict: Extract<Verdict, { is: 'selected' }>, inheritance?: Inheritance): void {
    const { proc } = this.#options;
    const now = this.#describe(process, verdict, inheritance);
    const before = this.selected.get(process.pid);
    if (before?.process === process) {
      this.selected.set(now);
      if (isOther(now, before)) this.#options.onChanged(now, before);
      return;
    }
    if (before !== undefined) this.#drop(before);
    this.#holders.delete(process.pid);
    this.#capture(now);
    this.selected.set(now);
    this.#announce(now);
    // It may have ended before it was added: then nobody would ever take it out again.
    if (proc.stat(process.pid)?.startTicks !== process.startTicks) this.ended(process.hostPid);
  }

  #describe(process: Process, verdict: Extract<Verdict, { is: 'selected' }>, inheritance?: Inheritance): Selected {
    const { names, containers } = this.#options;
    const known = { ...namesOf(containers?.of(process.containerId)), ...names?.(process) };
    const language = this.#languages.of(process);
    if (language === undefined) this.#languages.learn(process);
    else if (language === 'generic') this.#languages.settle(process);
    return {
      process,
      service: this.#selfExports.leave(
        process,
        identify(process, verdict.rules, this.#host, language ?? 'generic', known),
      ),
      rules: verdict.rules,
      overrides: merged(verdict.rules),
      reason: verdict.reason,
      inheritance,
    };
  }

  #announce(now: Selected): void {
    const { pid, exe } = now.process;
    counters.add('processes', 'selected');
    // Workers and helpers may come and go by the hundred; the one that they belong to has been told of.
    const level = now.inheritance === undefined ? 'info' : 'debug';
    log[level]('instrumenting process', { cmd: exe, pid, service: now.service.name, by: now.reason });
    this.#options.onSelected(now);
  }

  #drop(one: Selected): void {
    this.selected.delete(one);
    this.#languages.forget(one.process);
    log.debug('process is gone', { cmd: one.process.exe, pid: one.process.pid });
    this.#options.onGone(one);
  }

  #postpone(process: Process, inheritance?: Inheritance): void {
    this.#undecided.set(process.pid, { process, inheritance });
    this.#languages.learn(process);
  }

  #refuse(process: Process, verdict: Extract<Verdict, { is: 'ignored' }>, mayBeCaptured = true): void {
    const before = this.selected.get(process.pid);
    if (before !== undefined) this.#drop(before);
    if (verdict.holdsPort === true) {
      this.#holders.add(process.pid);
      this.#options.targets.hold(process.hostPid);
    } else if (before !== undefined || mayBeCaptured) this.#options.targets.remove(process.hostPid);
    if (verdict.language === 'other') this.#languages.settle(process);
    log.debug('process is not selected', { cmd: process.exe, pid: process.pid, why: verdict.reason });
  }

  #learnt(process: Process): void {
    const selected = this.selected.get(process.pid);
    const undecided = this.#undecided.get(process.pid);
    if (selected?.process === process) this.decide(process, selected.inheritance);
    else if (undecided?.process === process) this.decide(process, undecided.inheritance);
  }

  #settled(process: Process): void {
    const { pid, startTicks } = process;
    const selected = this.selected.get(pid);
    if (selected?.process === process) this.decide(process, selected.inheritance);
    // Refused for its language when it was young. Since then the kernel tells nothing of it, not even its end.
    else if (selected === undefined && this.#options.proc.stat(pid)?.startTicks === startTicks) this.decide(process);
  }
}

function keyOf({ name, namespace }: Service): string {
  return JSON.stringify([namespace, name]);
}

function isOther(now: Selected, before: Selected): boolean {
  const told = ({ service, overrides, reason }: Selected) => JSON.stringify([service, overrides, reason]);
  return told(now) !== told(before);
}
