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
  /** Called with the configuration to go on with: the running one with all changes that need no restart. */
  readonly onReload: (reloaded: Loaded, changes: readonly Change[]) => void;
  /** Called when the new configuration is refused: the running one stays in force. */
  readonly onRefused: (error: unknown) => void;
  /** Changes within this time count as one. */
  readonly settleMs?: number;
}

export interface Watcher {
  /** The configuration in force. */
  readonly running: Loaded;
  close(): void;
}

/** Reloads on SIGHUP and when the file changes. */
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

  constructor(options: WatchOptions) {
    this.#options = options;
    this.running = options.running;
    this.#text = this.#read();
    process.on('SIGHUP', this.#ask);
    this.#files = options.path === '' ? undefined : this.#watchDirectory();
  }

  close(): void {
    process.off('SIGHUP', this.#ask);
    this.#files?.close();
    clearTimeout(this.#timer);
  }

  /** The directory, not the file: editors replace files, and Kubernetes swaps a link beside them. */
  #watchDirectory(): FSWatcher {
    const files = watch(dirname(this.#options.path), { persistent: false }, () => this.#settle());
    files.on('error', (error) => this.#options.onRefused(error));
    return files;
  }

  readonly #ask = (): void => {
    this.#isAsked = true;
    this.#settle();
  };

  #settle(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#reload(), this.#options.settleMs ?? 250);
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

  #reload(): void {
    const text = this.#read();
    if (text === this.#text && !this.#isAsked) return;
    this.#text = text;
    this.#isAsked = false;
    try {
      const next = this.#options.load();
      const changes = diffConfig(this.running.report, next.report);
      this.running = withLiveChanges(this.running, next);
      this.#options.onReload(this.running, changes);
    } catch (error) {
      this.#options.onRefused(error);
    }
  }
}
