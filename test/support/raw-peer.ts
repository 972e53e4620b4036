import { Child } from './processes.ts';
import { pythonProgram, serverScript } from './programs.ts';
import { until } from './until.ts';

export type Writer = 'send' | 'write' | 'writev' | 'sendmsg' | 'sendfile' | 'splice' | 'zerocopy' | 'reordered';
export type Reader = 'recv' | 'read' | 'readv' | 'recvmsg' | 'peek' | 'splice';

/** One step of a dialogue; test/servers/dialogue.py says what each does. */
export type Step =
  | { do: 'send'; data: string; how?: Writer; at?: readonly number[]; each?: number }
  | { do: 'fill'; bytes: number; how?: Writer; block?: number }
  | { do: 'chunks'; bytes: number; block: number; how?: Writer }
  | { do: 'read'; bytes: number; max?: number; how?: Reader }
  | { do: 'until'; data: string; max?: number; how?: Reader }
  | { do: 'eof' | 'shutdown' | 'close' | 'reset' }
  | { do: 'tell' | 'await'; name: string };

export interface Played {
  /** Null when every step could be done. */
  readonly error: string | null;
  readonly read: number;
}

interface Report {
  readonly mark?: string;
  readonly done?: number;
  readonly error?: string | null;
  readonly read?: number;
}

/** A server or client whose system calls on the connection are exactly those of its steps. */
export class RawPeer {
  /** Called when a dialogue reaches a `tell`. */
  onMark: (name: string) => void = () => {};
  readonly port: number;
  readonly #child: Child;
  readonly #played = new Map<number, Played>();
  readonly #marks = new Set<string>();
  #count = 0;

  private constructor(script: string, port: number, args: readonly string[]) {
    this.port = port;
    this.#child = new Child(pythonProgram(), [serverScript(script), ...args], {
      name: script,
      onLine: (line) => this.#read(line),
    });
  }

  /** Listens on `port` of `host`; every connection plays one dialogue, in the order in which they were given. */
  static async server(port: number, host = '127.0.0.1'): Promise<RawPeer> {
    return new RawPeer('raw_server.py', port, [host, String(port)]).#listening();
  }

  /** Every dialogue has a connection of its own. `port` is held open so that the process can be selected by it. */
  static async client(port: number): Promise<RawPeer> {
    return new RawPeer('raw_client.py', port, [String(port)]).#listening();
  }

  get pid(): number {
    return this.#child.pid;
  }

  /** Begins a dialogue; a client says where to connect. */
  play(steps: readonly Step[], connect?: readonly [string, number]): Promise<Played> {
    const play = ++this.#count;
    this.#child.write(JSON.stringify({ play, steps, connect }));
    return until(() => this.#played.get(play), {
      withinMs: 60_000,
      what: () => `${this.#child.name} to finish a dialogue:\n${this.#child.tail()}`,
    });
  }

  go(mark: string): void {
    this.#child.write(JSON.stringify({ go: mark }));
  }

  /** Waits until a dialogue has told this mark. */
  async reached(mark: string): Promise<void> {
    await until(() => this.#marks.has(mark), { what: `${this.#child.name} to reach ${mark}` });
  }

  async stop(): Promise<void> {
    await this.#child.stop();
  }

  async #listening(): Promise<RawPeer> {
    await this.#child.line(/"listening"/);
    return this;
  }

  #read(line: string): void {
    const report = JSON.parse(line) as Report;
    if (report.mark !== undefined) {
      this.#marks.add(report.mark);
      this.onMark(report.mark);
    }
    if (report.done !== undefined)
      this.#played.set(report.done, { error: report.error ?? null, read: report.read ?? 0 });
  }
}
