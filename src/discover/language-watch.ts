import type { Language } from '../span/service.ts';
import { Languages } from './language.ts';
import type { ProcFs } from './proc-fs.ts';
import type { Process } from './process.ts';

/** By then a new program has mapped the libraries that tell its language. */
const settleMs = 2000;
/** A runaway of short programs must not fill the memory with timers. */
const maxSettling = 4096;

export interface LanguageListener {
  /** Its executable has been read: the language is known. */
  onLearnt(process: Process): void;
  /** A program that had just begun must have loaded its runtime by now: the language may be another. */
  onSettled(process: Process): void;
}

/** Finds out languages in the background and says when asking again is worth while. */
export class LanguageWatch {
  readonly #languages: Languages;
  readonly #listener: LanguageListener;
  readonly #detected = new WeakMap<Process, Language>();
  readonly #settled = new WeakSet<Process>();
  readonly #settling = new Map<Process, NodeJS.Timeout>();
  #isStopped = false;

  constructor(proc: ProcFs, listener: LanguageListener) {
    this.#languages = new Languages(proc);
    this.#listener = listener;
  }

  /** Undefined while it is not known. */
  of(process: Process): Language | undefined {
    return this.#languages.known(process) ?? this.#detected.get(process);
  }

  /** Reads the executable, then calls `onLearnt`. */
  learn(process: Process): void {
    void this.#languages.detect(process).then((language) => {
      this.#detected.set(process, language);
      if (!this.#isStopped) this.#listener.onLearnt(process);
    });
  }

  /** Calls `onSettled`, once for each process. */
  settle(process: Process): void {
    if (this.#settled.has(process) || this.#settling.size >= maxSettling) return;
    this.#settled.add(process);
    const timer = setTimeout(() => {
      this.#settling.delete(process);
      this.#listener.onSettled(process);
    }, settleMs);
    this.#settling.set(process, timer.unref());
  }

  forget(process: Process): void {
    clearTimeout(this.#settling.get(process));
    this.#settling.delete(process);
  }

  stop(): void {
    this.#isStopped = true;
    for (const process of [...this.#settling.keys()]) this.forget(process);
  }
}
