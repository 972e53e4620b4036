import type { Part } from '../pipeline/part.ts';
import type { Service } from '../span/service.ts';
import { metadataOf, namesOf } from './container-names.ts';
import type { Containers } from './containers.ts';
import type { Host } from './host.ts';
import { identify } from './identify.ts';
import { Languages } from './language.ts';
import type { ProcFs } from './proc-fs.ts';
import type { Process } from './process.ts';
import type { Rule, RuleSet } from './rules.ts';
import { scanProcesses } from './scan.ts';
import { judge } from './select.ts';
import { surroundingsOf } from './surroundings.ts';

export interface SurveyOptions {
  readonly rules: RuleSet;
  readonly proc: ProcFs;
  readonly host: Host;
  readonly containers: Containers;
  /** How often the table of processes is read. */
  readonly intervalMs: number;
  /** Who is instrumented is not listed. */
  isInstrumented(pid: number): boolean;
}

interface Found {
  readonly process: Process;
  readonly rules: readonly Rule[];
}

const defaultIntervalMs = 5000;

/**
 * The processes that are only listed. Nothing of theirs is captured, so the kernel is not asked for them: the table of
 * processes is read now and then.
 */
export class Survey implements Part {
  readonly name = 'survey';
  readonly #options: SurveyOptions;
  readonly #languages: Languages;
  #host: Host;
  #found = new Map<number, Found>();
  #look: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: SurveyOptions) {
    this.#options = options;
    this.#host = options.host;
    this.#languages = new Languages(options.proc);
  }

  async start(): Promise<void> {
    this.#look = this.#lookAround();
    await this.#look;
    this.#timer = setInterval(() => {
      this.#look ??= this.#lookAround();
    }, this.#options.intervalMs || defaultIntervalMs);
    this.#timer.unref();
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#look;
  }

  /** More has become known of the machine. */
  hostKnown(resource: Readonly<Record<string, string>>): void {
    this.#host = { ...this.#host, resource: { ...this.#host.resource, ...resource } };
  }

  /** Those that run at this moment. */
  readonly services = (): Iterable<Service> => this.#running();

  *#running(): Iterable<Service> {
    const { proc, containers, isInstrumented } = this.#options;
    for (const { process, rules } of this.#found.values()) {
      if (isInstrumented(process.pid) || proc.stat(process.pid)?.startTicks !== process.startTicks) continue;
      const language = this.#languages.known(process) ?? 'generic';
      yield identify(process, rules, this.#host, language, namesOf(containers.of(process.containerId)));
    }
  }

  async #lookAround(): Promise<void> {
    const { proc, rules, containers } = this.#options;
    const metadata = ({ containerId }: Process) => metadataOf(containers.of(containerId));
    const around = surroundingsOf({ proc, metadata }, (process) => this.#languages.known(process));
    const found = new Map<number, Found>();
    const unread: Process[] = [];
    await scanProcesses(proc, undefined, (process) => {
      const parent = found.get(process.parent);
      const verdict = judge(rules, process, around, parent && { from: process.parent, rules: parent.rules });
      const isSelected = verdict.is === 'selected';
      if (isSelected) found.set(process.pid, { process, rules: verdict.rules });
      const isLanguageKnown = isSelected ? around.language(process) !== undefined : verdict.language !== 'unknown';
      if (!isLanguageKnown) unread.push(process);
    });
    this.#found = found;
    // what depends on it is decided the next time
    for (const process of unread) await this.#languages.detect(process);
    this.#look = undefined;
  }
}
