import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OutputFile } from './output-file.ts';

export interface Order {
  /** What fetch.sh left. */
  readonly kernel: string;
  readonly command: readonly string[];
  readonly limitS: number;
  readonly memoryMiB: number;
  readonly cpus: number;
  /** The guest's clock counts instructions, a nanosecond each, on one CPU: figures repeat whatever else the machine does. */
  readonly isCounting: boolean;
  readonly env: Readonly<Record<string, string>>;
  readonly onOutput: (bytes: Buffer) => void;
}

/** How a guest ended. Only an `ended` one says something about the command. */
export type Outcome =
  | { readonly is: 'ended'; readonly status: number }
  | { readonly is: 'hung' | 'died' | 'jumped'; readonly says: string };

const virtiofsds = ['/usr/libexec/virtiofsd', '/usr/lib/qemu/virtiofsd'];
const startS = 30;
const kernelArguments = 'console=ttyS0 quiet panic=-1 oops=panic mitigations=off no_timer_check nowatchdog audit=0';

/**
 * Runs a command as root on another kernel, over this machine's files: they are shown read-only, and what the guest writes over
 * them stays in its memory. No network but its own loopback. Ends what it started, whatever happens.
 */
export class Machine {
  readonly #order: Order;
  readonly #folder = mkdtempSync(join(tmpdir(), 'vm-'));
  readonly #processes: ChildProcess[] = [];
  readonly #kill = () => {
    for (const one of this.#processes) one.kill('SIGKILL');
  };
  readonly #errors: string[] = [];

  constructor(order: Order) {
    this.#order = order;
    process.once('exit', this.#kill);
  }

  async run(): Promise<Outcome> {
    try {
      this.#writeCommand();
      await this.#share('files', '/', true);
      await this.#share('exchange', join(this.#folder, 'exchange'), false);
      return await this.#boot();
    } finally {
      await this.#end();
    }
  }

  /** The guest reads it as /vm/command. */
  #writeCommand(): void {
    const { env, command } = this.#order;
    const all = { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '/root', LANG: 'C.UTF-8', ...env };
    const lines = Object.entries(all).map(([name, value]) => `export ${name}=${quoted(value)}`);
    const exchange = join(this.#folder, 'exchange');
    mkdirSync(exchange);
    writeFileSync(join(exchange, 'output'), '');
    writeFileSync(
      join(exchange, 'command'),
      [...lines, `cd ${quoted(process.cwd())} || exit 126`, `exec ${command.map(quoted).join(' ')}`, ''].join('\n'),
    );
  }

  /** virtiofsd has no read-only option everywhere: it gets a read-only view of `/`, which exists in its own mount namespace alone. */
  async #share(tag: string, source: string, isReadOnly: boolean): Promise<void> {
    const program = virtiofsds.find((path) => existsSync(path));
    if (program === undefined) throw new Error('there is no virtiofsd');
    const socket = join(this.#folder, `${tag}.socket`);
    const view = join(this.#folder, 'view');
    if (isReadOnly) mkdirSync(view);
    const bind = isReadOnly ? 'mount --bind "$1" "$2" && mount -o remount,bind,ro "$2" &&' : '';
    const shown = isReadOnly ? view : source;
    const options = `source=${shown},cache=${isReadOnly ? 'always' : 'none'},sandbox=chroot`;
    const script = `${bind} exec "$3" --socket-path="$4" -o "$5"`;
    const child = this.#start('unshare', [
      ...['--mount', '--propagation', 'private', 'sh', '-c', script, 'sh'],
      ...[source, view, program, socket, options],
    ]);
    const deadline = performance.now() + startS * 1000;
    while (!existsSync(socket)) {
      if (child.exitCode !== null || performance.now() > deadline) throw new Error('virtiofsd did not start');
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  async #boot(): Promise<Outcome> {
    const { limitS, onOutput } = this.#order;
    const begin = performance.now();
    const guest = this.#start('qemu-system-x86_64', this.#arguments());
    const output = new OutputFile(join(this.#folder, 'exchange/output'), onOutput);
    const ended = once(guest, 'exit').then(() => true);
    const timer = new AbortController();
    const late = delay(limitS * 1000, timer.signal).then(() => false);
    const isEnded = await Promise.race([ended, late]);
    timer.abort();
    output.close();
    if (!isEnded) return { is: 'hung', says: `it did not end within ${limitS} s` };
    return this.#judge((performance.now() - begin) / 1000);
  }

  #judge(hostS: number): Outcome {
    const status = this.#exchanged('status');
    if (status === undefined) return { is: 'died', says: `the guest ended without a status\n${this.#console()}` };
    const guestS = uptime(this.#exchanged('down')) - uptime(this.#exchanged('up'));
    // A guest that counts instructions has a time of its own.
    if (!this.#order.isCounting && guestS > hostS + 5) {
      return { is: 'jumped', says: `its clock moved ${guestS.toFixed(0)} s in ${hostS.toFixed(0)} s` };
    }
    return { is: 'ended', status: Number(status) };
  }

  #arguments(): string[] {
    const { kernel, memoryMiB, cpus, isCounting } = this.#order;
    const share = (id: string, tag: string) => [
      ...['-chardev', `socket,id=${id},path=${join(this.#folder, `${tag}.socket`)}`],
      ...['-device', `vhost-user-fs-pci,chardev=${id},tag=${tag},queue-size=1024`],
    ];
    const initrd = execFileSync(join(import.meta.dirname, 'initrd.sh'), [kernel], { encoding: 'utf8' }).trim();
    // The host's time stamp counters may differ from core to core, and an emulated one shows it: then it is not to be a clock.
    const clock = isCounting ? 'tsc=reliable' : 'tsc=unstable clocksource=hpet';
    return [
      ...['-M', 'q35', '-cpu', 'max', '-m', String(memoryMiB)],
      ...(isCounting
        ? ['-accel', 'tcg,thread=single', '-icount', 'shift=0,sleep=off', '-smp', '1']
        : ['-accel', 'tcg,thread=multi', '-smp', String(cpus)]),
      ...['-object', `memory-backend-memfd,id=memory,size=${memoryMiB}M,share=on`, '-numa', 'node,memdev=memory'],
      ...['-nodefaults', '-no-user-config', '-display', 'none', '-no-reboot'],
      ...share('c0', 'files'),
      ...share('c1', 'exchange'),
      ...['-serial', `file:${join(this.#folder, 'console')}`],
      ...['-kernel', join(kernel, 'kernel.elf'), '-initrd', initrd],
      ...['-append', `${kernelArguments} ${clock} vm.kernel=${kernel}`],
    ];
  }

  #start(command: string, args: readonly string[]): ChildProcess {
    const child = spawn('setpriv', ['--pdeathsig', 'KILL', command, ...args], { stdio: ['ignore', 'ignore', 'pipe'] });
    child.stderr?.on('data', (bytes: Buffer) => this.#errors.push(bytes.toString()));
    child.on('error', (error) => this.#errors.push(error.message));
    this.#processes.push(child);
    return child;
  }

  #exchanged(name: string): string | undefined {
    const file = join(this.#folder, 'exchange', name);
    return existsSync(file) ? readFileSync(file, 'utf8').trim() : undefined;
  }

  #console(): string {
    const file = join(this.#folder, 'console');
    const lines = existsSync(file) ? readFileSync(file, 'utf8').trimEnd().split('\n').slice(-25) : [];
    return [...this.#errors, ...lines].join('\n');
  }

  async #end(): Promise<void> {
    this.#kill();
    await Promise.all(this.#processes.map((one) => one.exitCode ?? one.signalCode ?? once(one, 'exit')));
    process.removeListener('exit', this.#kill);
    // Were the view of `/` still mounted here, this would fail, and nothing behind it would be removed.
    const view = join(this.#folder, 'view');
    if (existsSync(view)) rmdirSync(view);
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** The guest sees what lies on the file system of `/`, and nothing that is mounted on it. */
export function isShown(path: string): boolean {
  return statSync(path).dev === statSync('/').dev;
}

function uptime(text: string | undefined): number {
  return Number(text?.split(' ')[0] ?? Number.NaN);
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

function delay(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => clearTimeout(timer));
  });
}
