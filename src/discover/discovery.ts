import { within } from '../lib/within.ts';
import type { Part } from '../pipeline/part.ts';
import type { Capturing, Service } from '../span/service.ts';
import { log } from '../telemetry/log.ts';
import type { EventSource, ProcessEvent } from './events.ts';
import type { Examined } from './examine.ts';
import { signalSentTo } from './own-grpc-ports.ts';
import { Process, readProcess } from './process.ts';
import { Roster, type RosterOptions } from './roster.ts';
import { type RuleSet, survivors } from './rules.ts';
import { scanProcesses } from './scan.ts';
import type { Inheritance } from './select.ts';
import type { Selected } from './selected.ts';
import type { OwnSignal } from './self-exports.ts';
import { wantedBy } from './wanted.ts';

export interface DiscoveryOptions extends RosterOptions {
  readonly events?: EventSource;
  /** How often the table of processes is read; 0 = never when there are events. */
  readonly pollIntervalMs?: number;
}

const lossCheckMs = 1000;
const defaultPollMs = 5000;
const shortestPollMs = 100;
/** Names of containers are not waited for longer than this at the start. */
const containersMs = 300;

/**
 * Knows at any time which processes are captured and who they are. Events are worked off one after the other without
 * waiting in between; a scan finds what was there before them, and again when events were lost.
 */
export class Discovery implements Part {
  readonly name = 'discovery';
  readonly #options: DiscoveryOptions;
  readonly #roster: Roster;
  readonly #timers: NodeJS.Timeout[] = [];
  #lost = 0;
  #scan: Promise<void> | undefined;
  #nextScan: Promise<void> | undefined;
  /** Events were lost: the kernel may have adopted processes that nobody has judged. */
  #hasUnseen = false;
  #isReady = false;
  #isStopped = false;

  constructor(options: DiscoveryOptions) {
    this.#options = options;
    this.#roster = new Roster(options);
  }

  /** Events are switched on before the scan, so that nothing can come into being unnoticed between the two. */
  async start(): Promise<void> {
    const { events, containers, pollIntervalMs = 0 } = this.#options;
    this.#apply(this.#options.rules);
    if (containers !== undefined)
      await within(
        containers.start((id) => this.#containerKnown(id)),
        containersMs,
      );
    events?.start((batch) => {
      for (const event of batch) this.#handle(event);
    });
    await this.#pass(false);
    if (events !== undefined) this.#every(lossCheckMs, () => this.#hasLost());
    const pollMs = pollIntervalMs || (events === undefined ? defaultPollMs : 0);
    if (pollMs > 0) this.#every(Math.max(pollMs, shortestPollMs), () => true);
  }

  #every(ms: number, isTime: () => boolean): void {
    const look = (): void => {
      if (isTime()) void this.#pass(true);
    };
    this.#timers.push(setInterval(look, ms).unref());
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    for (const timer of this.#timers) clearInterval(timer);
    this.#roster.stop();
    // A scan writes to the kernel's tables: they are closed after it.
    await this.#nextScan;
    await this.#scan;
    this.#options.events?.stop();
  }

  /** Whose record it is, by host pid as the kernel programs know it; also for a while after the process's end. */
  find(hostPid: number): Selected | undefined {
    return this.#roster.selected.presentOrPast(hostPid);
  }

  /** Captures so much of the processes of a service that is selected. */
  capture(service: Service, how: Capturing): void {
    this.#roster.capture(service, how);
  }

  /** More has become known of the machine: every process on it is described by that, too. */
  hostKnown(resource: Readonly<Record<string, string>>): void {
    this.#roster.hostKnown(resource);
  }

  /** The signal that the process exports over gRPC to this port and to no other, as far as its variables tell. */
  signalSentTo(pid: number, port: number, defaultPort: number): OwnSignal | undefined {
    const one = this.#roster.selected.get(pid);
    return one === undefined ? undefined : signalSentTo(port, one.process.environment, defaultPort);
  }

  /** The process was seen exporting a signal itself: it is left to it. True when that is news. */
  exportsItself(pid: number, signal: OwnSignal): boolean {
    return this.#roster.exportsItself(pid, signal);
  }

  /** Whether the process with this visible pid is selected. */
  has(pid: number): boolean {
    return this.#roster.selected.get(pid) !== undefined;
  }

  selected(): readonly Selected[] {
    return this.#roster.selected.all();
  }

  /** Every process with what becomes of it and why. */
  examine(): Promise<Examined[]> {
    return this.#roster.examine();
  }

  /** Judges every process again, by other rules. */
  async reselect(rules: RuleSet): Promise<void> {
    this.#apply(rules);
    await this.rescan();
  }

  /** Looks at every process anew. */
  async rescan(): Promise<void> {
    await this.#pass(false);
  }

  #apply(rules: RuleSet): void {
    this.#roster.rules = rules;
    this.#options.targets.watch(wantedBy(rules));
  }

  /** Whoever is selected by its container has not been found before the container was known. */
  #containerKnown(id: string): void {
    if (!this.#isReady || this.#isStopped) return;
    this.#roster.containerKnown(id);
    if (this.#roster.rules.include.some(({ criteria }) => criteria.metadata !== undefined)) void this.rescan();
  }

  #hasLost(): boolean {
    const lost = this.#options.events?.lost() ?? 0;
    const more = lost - this.#lost;
    this.#lost = lost;
    if (more > 0) log.warn('process events were lost: reading the table of processes', { lost: more });
    return more > 0;
  }

  /** One scan at a time: all who ask for another while one is running share the next. */
  #pass(isAfterLoss: boolean): Promise<void> {
    this.#hasUnseen ||= isAfterLoss;
    this.#nextScan ??= this.#scanAfterThis();
    return this.#nextScan;
  }

  async #scanAfterThis(): Promise<void> {
    await this.#scan;
    this.#nextScan = undefined;
    if (this.#isStopped) return;
    const isAfterLoss = this.#hasUnseen;
    this.#hasUnseen = false;
    this.#scan = this.#scanOnce(isAfterLoss);
    await this.#scan;
    this.#isReady = true;
  }

  async #scanOnce(isAfterLoss: boolean): Promise<void> {
    const { proc, events } = this.#options;
    const startedAt = performance.now();
    const count = await scanProcesses(proc, events?.hostPids(), (found) => {
      if (!this.#isStopped) this.#review(found, isAfterLoss);
    });
    for (const { process } of this.#roster.selected.all()) {
      if (proc.stat(process.pid)?.startTicks !== process.startTicks) this.#roster.ended(process.hostPid);
    }
    log.debug('read the table of processes', { processes: count, ms: Math.round(performance.now() - startedAt) });
  }

  #review(found: Process, isAfterLoss: boolean): void {
    const before = this.#roster.selected.get(found.pid);
    const inheritance = this.#inheritanceOf(found, before);
    if (before?.process.isSameImage(found) === true) {
      before.process.forgetPorts();
      this.#roster.decide(before.process, inheritance);
    } else if (this.#roster.undecided(found.pid)?.isSameImage(found) !== true) {
      this.#roster.decide(found, inheritance, isAfterLoss);
    }
  }

  /** The rules of its parent, or those it came with when the parent is gone, as far as they still hold. */
  #inheritanceOf(found: Process, before?: Selected): Inheritance | undefined {
    const parent = this.#roster.selected.get(found.parent);
    if (parent !== undefined) return { from: found.parent, rules: parent.rules };
    const old = before?.inheritance;
    if (old === undefined || old.from === found.parent) return undefined;
    const rules = survivors(old.rules, this.#roster.rules);
    return rules.length === 0 ? undefined : { from: old.from, rules };
  }

  #handle(event: ProcessEvent): void {
    if (event.kind === 'exit') this.#exited(event);
    else if (event.pid === 0) this.#options.targets.remove(event.hostPid);
    else if (event.kind === 'fork') this.#forked(event);
    else if (event.kind === 'exec') this.#executed(event);
    else if (event.kind === 'child') this.#hasListeningParent(event);
    else this.#listening(event);
  }

  #exited({ hostPid, pid, startTicks }: ProcessEvent): void {
    const one = this.#roster.selected.byHostPid(hostPid);
    this.#roster.forget(pid);
    // The pid may have been given to another process, which a scan has found before this event was read.
    if (one === undefined || one.process.startTicks === startTicks) this.#roster.ended(hostPid);
  }

  #forked(event: ProcessEvent): void {
    const { pid, parent, startTicks } = event;
    if (this.#roster.selected.get(pid)?.process.startTicks === startTicks) return;
    const from = this.#roster.selected.get(parent);
    if (from !== undefined) this.#roster.decide(from.process.forked(event), { from: parent, rules: from.rules });
    // What a holder forks becomes somebody when it executes something; until then it stays adopted.
    else if (!this.#roster.isHolder(parent)) this.#judge(event);
  }

  /** Captured by the kernel since its parent listens; most often it has been found already, when the parent was judged. */
  #hasListeningParent(event: ProcessEvent): void {
    if (this.#roster.selected.get(event.pid)?.process.startTicks !== event.startTicks) this.#judge(event);
  }

  /** The same pid, but another program: what was known of it no longer holds. */
  #executed(event: ProcessEvent): void {
    const before = this.#roster.selected.get(event.pid);
    this.#judge(event, before?.process.startTicks === event.startTicks ? before.inheritance : undefined);
  }

  #listening(event: ProcessEvent): void {
    const { pid, port, startTicks } = event;
    const before = this.#roster.selected.get(pid);
    if (before?.process.startTicks !== startTicks) {
      this.#judge(event);
      return;
    }
    before.process.listensOn(port);
    this.#roster.decide(before.process, before.inheritance);
  }

  #judge(event: ProcessEvent, inheritance?: Inheritance): void {
    const { pid, hostPid, port, startTicks, kind, parent } = event;
    const read = readProcess(this.#options.proc, pid, hostPid);
    const isThere = read?.startTicks === startTicks;
    // Of a process that is gone already only the event is left; once, that is enough to say whose its records are.
    const isTold = this.#roster.selected.presentOrPast(hostPid)?.process.startTicks === startTicks;
    if (!isThere && (kind !== 'listen' || isTold)) {
      this.#roster.ended(hostPid);
      return;
    }
    const process = isThere ? read : new Process(this.#options.proc, event);
    if (kind === 'listen') process.listensOn(port);
    const from = this.#roster.selected.get(parent);
    this.#roster.decide(process, inheritance ?? (from && { from: parent, rules: from.rules }));
    this.#includeChildren(process);
  }

  /** Those that it started before it was selected: a cluster of Node has its workers before it listens. */
  #includeChildren({ pid }: Process): void {
    const { proc, events } = this.#options;
    const parent = this.#roster.selected.get(pid);
    const children = parent === undefined ? [] : proc.children(pid);
    const unknown = children.filter((child) => !this.#roster.knows(child));
    if (parent === undefined || unknown.length === 0) return;
    const hostPids = events?.hostPids();
    for (const child of unknown) {
      const hostPid = hostPids === undefined ? child : hostPids.get(child);
      const process = hostPid === undefined ? undefined : readProcess(proc, child, hostPid);
      if (process === undefined) continue;
      this.#roster.decide(process, { from: pid, rules: parent.rules });
      this.#includeChildren(process);
    }
  }
}

export function createDiscovery(options: DiscoveryOptions): Discovery {
  return new Discovery(options);
}
