import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { patience } from './patience.ts';
import { until } from './until.ts';

export interface ChildOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** List of CPUs as taskset takes it. */
  readonly cpus?: string;
  /** Named in error messages. */
  readonly name?: string;
  readonly cwd?: string;
  /** Signals that a terminal sends to everything in it do not reach it. */
  readonly ownGroup?: boolean;
  /** Called with every line of standard output. */
  readonly onLine?: (line: string) => void;
}

const keptLines = 2000;
const running = new Set<Child>();

// A test that throws must not leave its servers behind.
process.on('exit', () => {
  for (const child of running) child.signal('SIGKILL');
});

/** A process of ours: its lines, its end. It is only ever ended by its own id. */
export class Child {
  readonly name: string;
  readonly lines: string[] = [];
  readonly errors: string[] = [];
  readonly #process: ChildProcess;
  /** Resolves with exit code or signal when it has ended and all its output has been read. */
  readonly exited: Promise<number | string>;
  #exit: number | string | undefined;

  constructor(command: string, args: readonly string[], options: ChildOptions = {}) {
    this.name = options.name ?? command;
    const [program, all] =
      options.cpus === undefined ? [command, args] : ['taskset', ['-c', options.cpus, command, ...args]];
    this.#process = spawn(program, all, {
      cwd: options.cwd,
      detached: options.ownGroup ?? false,
      env: { ...process.env, ...options.env },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    running.add(this);
    // Writing to a process that has just ended is no failure of its own: what waits for it will say so.
    this.#process.stdin?.on('error', () => {});
    this.exited = this.#end();
    this.#follow(this.#process.stdout, (line) => {
      keep(this.lines, line);
      options.onLine?.(line);
    });
    this.#follow(this.#process.stderr, (line) => keep(this.errors, line));
  }

  get pid(): number {
    return this.#process.pid ?? 0;
  }

  /** Exit code, name of the signal that ended it, or undefined while it runs. */
  get exit(): number | string | undefined {
    return this.#exit;
  }

  write(line: string): void {
    this.#process.stdin?.write(`${line}\n`);
  }

  /** The first line that matches, already written or still to come. */
  async line(wanted: RegExp, withinMs?: number): Promise<string> {
    const found = await until(
      () => this.lines.find((line) => wanted.test(line)) ?? (this.#exit === undefined ? undefined : null),
      { withinMs: withinMs ?? 30_000, what: () => `${this.name} to write ${wanted}; it wrote:\n${this.tail()}` },
    );
    if (found === null) throw new Error(`${this.name} ended (${this.#exit}) before writing ${wanted}:\n${this.tail()}`);
    return found;
  }

  signal(name: NodeJS.Signals): void {
    if (this.#exit === undefined) this.#process.kill(name);
  }

  /** Asks it to end, insists after `withinMs`, and waits until it is gone. */
  async stop(withinMs = 10_000): Promise<number | string> {
    this.signal('SIGTERM');
    const insist = setTimeout(() => this.signal('SIGKILL'), withinMs * patience);
    const exit = await this.exited;
    clearTimeout(insist);
    return exit;
  }

  /** Waits until it ends by itself. */
  async end(withinMs = 60_000): Promise<number | string> {
    return until(() => this.#exit, { withinMs, what: () => `${this.name} to end; it wrote:\n${this.tail()}` });
  }

  /** The last lines of both outputs, for error messages. */
  tail(): string {
    return [...this.lines.slice(-20), ...this.errors.slice(-20)].join('\n');
  }

  async #end(): Promise<number | string> {
    const [code, signal] = (await once(this.#process, 'close').catch((error: Error) => [error.message, null])) as [
      number | string | null,
      string | null,
    ];
    running.delete(this);
    this.#exit = code ?? signal ?? 'unknown';
    return this.#exit;
  }

  #follow(stream: NodeJS.ReadableStream | null, take: (line: string) => void): void {
    if (stream !== null) createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY }).on('line', take);
  }
}

function keep(lines: string[], line: string): void {
  lines.push(line);
  if (lines.length > keptLines) lines.splice(0, lines.length - keptLines / 2);
}
