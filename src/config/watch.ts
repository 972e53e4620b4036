import { type FSWatcher, watch } from 'node:fs';
import { dirname } from 'node:path';
import { type Change, diffConfig, withLiveChanges } from './diff.ts';
import type { Loaded } from './load.ts';

export interface WatchOptions {
  /** The file to watch, empty for none: then only the signal counts. */
  readonly path: string;
  readonly running: Loaded;
  /** Reads the configuration anew. @throws ConfigError */
  readonly load: () => Loaded;
  /** Text of the file, to tell a change of it from other changes in its directory. */
  readonly readFile: (path: string) => string;
  /** Called with the configuration to go on with: the running one with all changes that need no restart. It may refuse. */
  readonly onReload: (reloaded: Loaded, changes: readonly Change[]) => void | Promise<void>;
  /** Called when the new configuration is refused, by the load or by `onReload`: the running one stays in force. */
  readonly onRefused: (error: unknown) => void;
  /** Called when changes of the file go unnoticed: then only the signal counts. */
  readonly onUnwatched: (error: unknown) => void;
  /** Changes within this time count as one. */
  readonly settleMs?: number;
}

export interface Watcher {
  /** The configuration in force. */
  readonly running: Loaded;
  close(): void;
}

/** Reloads on SIGHUP and when the file changes, one reload at a time. */
export function watchConfig(options: WatchOptions): Watcher {
  return new ConfigWatcher(options);
}

class ConfigWatcher implements Watcher {
  running: Loaded;
  readonly #options: WatchOptions;
  readonly #files: FSWatcher | undefined;
  #text: string | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isAsked = false;
  #isClosed = false;
  #last: Promise<void> = Promise.resolve();

  constructor(options: WatchOptions) {
    this.#options = options;
    this.running = options.running;
    this.#text = this.#read();
    process.on('SIGHUP', this.#ask);
    this.#files = options.path === '' ? undefined : this.#watchDirectory();
  }

  close(): void {
    this.#isClosed = true;
    process.off('SIGHUP', this.#ask);
    this.#files?.close();
    clearTimeout(this.#timer);
  }

  /** The directory, not the file: editors replace files, and Kubernetes swaps a link beside them. */
  #watchDirectory(): FSWatcher | undefined {
    const { path, onUnwatched } = this.#options;
    try {
      const files = watch(dirname(path), { persistent: false }, () => this.#settle());
      return files.on('error', onUnwatched);
    } catch (error) {
      onUnwatched(error);
      return undefined;
    }
  }

  readonly #ask = (): void => {
    this.#isAsked = true;
    this.#settle();
  };

  #settle(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#last = this.#last.then(() => this.#reload());
    }, this.#options.settleMs ?? 250);
    this.#timer.unref();
  }

  #read(): string | undefined {
    if (this.#options.path === '') return undefined;
    try {
      return this.#options.readFile(this.#options.path);
    } catch {
      return undefined; // The load reports it.
    }
  }

  async #reload(): Promise<void> {
    const text = this.#read();
    if (this.#isClosed || (text === this.#text && !this.#isAsked)) return;
    this.#text = text;
    this.#isAsked = false;
    try {
      const next = this.#options.load();
      const changes = diffConfig(this.running.report, next.report);
      const reloaded = withLiveChanges(this.running, next);
      await this.#options.onReload(reloaded, changes);
      this.running = reloaded;
    } catch (error) {
      this.#options.onRefused(error);
    }
  }
}
