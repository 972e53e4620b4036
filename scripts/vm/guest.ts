import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isShown, Machine, type Order, type Outcome } from './machine.ts';

export interface GuestOptions {
  /** A series of kernels.txt, such as 6.12. */
  readonly kernel: string;
  readonly command: readonly string[];
  readonly limitS?: number;
  readonly memoryMiB?: number;
  readonly cpus?: number;
  readonly isCounting?: boolean;
  readonly env?: Readonly<Record<string, string>>;
  readonly onOutput?: (bytes: Buffer) => void;
  /** What came so far counts for nothing: another guest begins. */
  readonly onAgain?: () => void;
}

export const kernels = readFileSync(join(import.meta.dirname, 'kernels.txt'), 'utf8')
  .split('\n')
  .filter((line) => /^\d/.test(line))
  .map((line) => line.split(' ')[0] ?? '');

/** Those that VM_KERNELS names (5.10,7.2), or all; in short the outermost, since what the others show one of these mostly shows, too. */
export function wantedKernels(isShort: boolean): readonly string[] {
  const outermost = kernels.filter((_, at) => at === 0 || at === kernels.length - 1);
  return process.env['VM_KERNELS']?.split(',') ?? (isShort ? outermost : kernels);
}

/** Statuses that say why there is none of the command's own; those of timeout(1) and of shells. */
const statusOf = { hung: 124, jumped: 124, died: 125 } as const;

/**
 * Runs a command in a guest and returns its status. What a guest says that hung or whose clock jumped counts for nothing: another one
 * is tried once, and that is told.
 */
export async function runInGuest(options: GuestOptions): Promise<number> {
  if (process.getuid?.() !== 0)
    throw new Error('guests take root: the files of this machine are shown to them as root');
  if (!isShown(process.cwd()))
    throw new Error('this folder is not on the file system of /, which is all that guests see');
  const order: Order = {
    kernel: fetchKernel(options.kernel),
    command: options.command,
    limitS: options.limitS ?? 300,
    memoryMiB: options.memoryMiB ?? 2048,
    cpus: options.cpus ?? 2,
    isCounting: options.isCounting ?? false,
    env: options.env ?? {},
    onOutput: options.onOutput ?? ((bytes) => void process.stdout.write(bytes)),
  };
  let outcome = await new Machine(order).run();
  if (outcome.is === 'hung' || outcome.is === 'jumped') {
    say(`kernel ${options.kernel}: ${told(outcome)}; once more`);
    options.onAgain?.();
    outcome = await new Machine(order).run();
  }
  if (outcome.is === 'ended') return outcome.status;
  say(`kernel ${options.kernel}: ${told(outcome)}`);
  return statusOf[outcome.is];
}

/** The kernel's folder; on the first use it comes from the archive. */
function fetchKernel(series: string): string {
  return execFileSync(join(import.meta.dirname, 'fetch.sh'), [series], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  }).trim();
}

function told(outcome: Exclude<Outcome, { is: 'ended' }>): string {
  return `the guest ${outcome.is}: ${outcome.says}`;
}

function say(text: string): void {
  process.stderr.write(`vm: ${text}\n`);
}
