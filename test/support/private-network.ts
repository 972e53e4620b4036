import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { Child, type ChildOptions } from './processes.ts';
import { until } from './until.ts';

/** A network in which every port is free, whoever else tests on this machine: only what is started in it is there. */
export class PrivateNetwork {
  readonly #holder: Child;

  private constructor(holder: Child) {
    this.#holder = holder;
  }

  static async open(): Promise<PrivateNetwork> {
    const script = 'ip link set lo up && echo up && exec cat';
    const holder = new Child('unshare', ['--net', 'sh', '-c', script], { name: 'the private network' });
    await holder.line(/^up$/);
    return new PrivateNetwork(holder);
  }

  /** A process in it; its id is that of the command itself. */
  run(command: string, args: readonly string[], options: ChildOptions = {}): Child {
    return new Child('nsenter', [...this.#into(), command, ...args], { name: command, ...options });
  }

  /** Waits until somebody listens on the port. */
  async listening(child: Child, port: number): Promise<void> {
    const isOpen = async () => {
      const { stdout } = await promisify(execFile)('nsenter', [
        ...this.#into(),
        'cat',
        '/proc/self/net/tcp',
        '/proc/self/net/tcp6',
      ]);
      const hex = port.toString(16).toUpperCase().padStart(4, '0');
      return new RegExp(`:${hex} \\S+ 0A `).test(stdout);
    };
    await until(async () => child.exit !== undefined || (await isOpen()), {
      what: () => `${child.name} to listen on ${port}: ${child.tail()}`,
    });
    if (child.exit !== undefined) throw new Error(`${child.name} ended (${child.exit}): ${child.tail()}`);
  }

  /** What a reader with curl gets. */
  async curl(...args: readonly string[]): Promise<string> {
    const { stdout } = await promisify(execFile)('nsenter', [...this.#into(), 'curl', '-sS', ...args]);
    return stdout;
  }

  async close(): Promise<void> {
    await this.#holder.stop();
  }

  #into(): readonly string[] {
    return [`--net=/proc/${this.#holder.pid}/ns/net`, '--'];
  }
}
