import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { Child, type ChildOptions } from './processes.ts';
import { until } from './until.ts';

/** A network in which every port is free, whoever else tests on this machine: only what is started in it is there. */
export class PrivateNetwork {
  readonly #holder: Child;
  #cable: string | undefined;

  private constructor(holder: Child) {
    this.#holder = holder;
  }

  static async open(): Promise<PrivateNetwork> {
    const script = 'ip link set lo up && echo up && exec cat';
    const holder = new Child('unshare', ['--net', 'sh', '-c', script], { name: 'the private network' });
    await holder.line(/^up$/);
    return new PrivateNetwork(holder);
  }

  /** A way into it from outside; returns its address there. */
  async connect(): Promise<string> {
    const [outside, inside] = [1, 2].map((end) => `198.18.${process.pid % 256}.${end}`);
    const cable = `beyla-${this.#holder.pid}`;
    await ip('link', 'add', cable, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', `${this.#holder.pid}`);
    this.#cable = cable;
    await ip('addr', 'add', `${outside}/30`, 'dev', cable);
    await ip('link', 'set', cable, 'up');
    const [into = '', end = ''] = this.#into();
    const within = (...args: readonly string[]) => promisify(execFile)('nsenter', [into, end, 'ip', ...args]);
    await within('addr', 'add', `${inside}/30`, 'dev', 'eth0');
    await within('link', 'set', 'eth0', 'up');
    return inside ?? '';
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
    // The kernel takes a network down some time after its last process: its address may be wanted before that.
    if (this.#cable !== undefined) await ip('link', 'del', this.#cable);
    await this.#holder.stop();
  }

  #into(): readonly string[] {
    return [`--net=/proc/${this.#holder.pid}/ns/net`, '--'];
  }
}

const ip = (...args: readonly string[]) => promisify(execFile)('ip', args);
