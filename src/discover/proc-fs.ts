import { closeSync, openSync, readdirSync, readlinkSync, readSync, statSync } from 'node:fs';

export interface ProcStat {
  /** The kernel's own name of the process, 15 bytes at most. */
  readonly name: string;
  readonly parent: number;
  /** Since boot, in hundredths of a second: with the pid the identity of a process. */
  readonly startTicks: number;
  readonly isKernelThread: boolean;
}

/** include/linux/sched.h */
const PF_EXITING = 0x00000004;
const PF_KTHREAD = 0x00200000;

/** What a process that is gone, or that we may not look at, answers. Everything else is a bug and thrown. */
const gone = new Set(['ENOENT', 'ESRCH', 'EACCES', 'EPERM', 'EINVAL', 'EIO']);

/** Enough for any sane environment; what is beyond is not looked at. */
const maxTextBytes = 1 << 20;

const chunk = Buffer.allocUnsafe(64 * 1024);

/**
 * Reads of a proc file system. They are synchronous: procfs answers from memory, and events about processes have to be
 * worked off in their order. Each of them may find its process gone and answers undefined then.
 */
export class ProcFs {
  readonly root: string;

  constructor(root = '/proc') {
    this.root = root;
  }

  pids(): number[] {
    const names = readdirSync(this.root);
    return names.filter((name) => /^\d+$/.test(name)).map(Number);
  }

  /** The agent itself as this proc file system numbers it, which may be that of another pid namespace. */
  self(): number {
    return Number(this.#link('self') ?? 0);
  }

  stat(pid: number): ProcStat | undefined {
    const text = this.#text(`${pid}/stat`);
    // The name may hold blanks and parentheses.
    const [open, close] = text === undefined ? [-1, -1] : [text.indexOf('('), text.lastIndexOf(')')];
    if (text === undefined || close < 0) return undefined;
    const fields = text.slice(close + 2).split(' ');
    const flags = Number(fields[6]);
    // A process that is ending can be read for a moment after the kernel has told of its end. Threads may outlive the first.
    const hasLeft = fields[0] === 'Z' || fields[0] === 'X' || (flags & PF_EXITING) !== 0;
    if (hasLeft && Number(fields[17]) <= 1) return undefined;
    return {
      name: text.slice(open + 1, close),
      parent: Number(fields[1]),
      startTicks: Number(fields[19]),
      isKernelThread: (flags & PF_KTHREAD) !== 0,
    };
  }

  /** Processes that it started and that still live, by whichever of its threads. */
  children(pid: number): number[] {
    const file = (thread: string) => `${pid}/task/${thread}/children`;
    // Kernels without CONFIG_PROC_CHILDREN lack the file.
    const isListed = quietly(() => statSync(`${this.root}/${file(`${pid}`)}`)) !== undefined;
    if (!isListed) return this.pids().filter((one) => this.stat(one)?.parent === pid);
    const threads = quietly(() => readdirSync(`${this.root}/${pid}/task`)) ?? [];
    return threads.flatMap((thread) => this.#text(file(thread))?.match(/\d+/g) ?? []).map(Number);
  }

  /** Path of the executable, as the process's own mount namespace names it. */
  exe(pid: number): string | undefined {
    return this.#link(`${pid}/exe`)?.replace(/ \(deleted\)$/, '');
  }

  /** Opens the executable itself, also when its path was deleted or lies in another mount namespace. */
  exePath(pid: number): string {
    return `${this.root}/${pid}/exe`;
  }

  cmdline(pid: number): string[] {
    return strings(this.#text(`${pid}/cmdline`));
  }

  /** `NAME=value`, each. */
  environ(pid: number): string[] {
    return strings(this.#text(`${pid}/environ`));
  }

  cgroup(pid: number): string {
    return this.#text(`${pid}/cgroup`) ?? '';
  }

  maps(pid: number): string {
    return this.#text(`${pid}/maps`, 4 * maxTextBytes) ?? '';
  }

  /** Inode of a namespace, undefined when it may not be seen. */
  namespace(pid: number | 'self', kind: 'net' | 'pid'): number | undefined {
    const [, inode] = /^\w+:\[(\d+)\]$/.exec(this.#link(`${pid}/ns/${kind}`) ?? '') ?? [];
    return inode === undefined ? undefined : Number(inode);
  }

  /** In how many pid namespaces, from that of this proc file system down, the process has a number. */
  pidDepth(pid: number | 'self'): number {
    const [, numbers = '1'] = /^NSpid:\s*(.+)$/m.exec(this.#text(`${pid}/status`) ?? '') ?? [];
    return numbers.split(/\s+/).length;
  }

  /** Inodes of the sockets that the process holds. */
  *sockets(pid: number): Iterable<string> {
    for (const fd of quietly(() => readdirSync(`${this.root}/${pid}/fd`)) ?? []) {
      const target = this.#link(`${pid}/fd/${fd}`);
      if (target?.startsWith('socket:[')) yield target.slice(8, -1);
    }
  }

  /** Lines of a file of the process, one by one, so that a long table need not be read to its end. */
  *lines(pid: number, file: string): Iterable<string> {
    let rest = '';
    for (const part of this.#parts(`${pid}/${file}`)) {
      const lines = (rest + part).split('\n');
      rest = lines.pop() ?? '';
      yield* lines;
    }
    if (rest !== '') yield rest;
  }

  #link(path: string): string | undefined {
    return quietly(() => readlinkSync(`${this.root}/${path}`));
  }

  #text(path: string, maxBytes = maxTextBytes): string | undefined {
    let text: string | undefined;
    for (const part of this.#parts(path)) {
      text = (text ?? '') + part;
      if (text.length >= maxBytes) break;
    }
    return text;
  }

  *#parts(path: string): Iterable<string> {
    const fd = quietly(() => openSync(`${this.root}/${path}`, 'r'));
    if (fd === undefined) return;
    try {
      for (;;) {
        const bytes = quietly(() => readSync(fd, chunk));
        if (bytes === undefined || bytes === 0) return;
        yield chunk.toString('latin1', 0, bytes);
      }
    } finally {
      closeSync(fd);
    }
  }
}

function strings(text: string | undefined): string[] {
  const parts = (text ?? '').split('\0');
  if (parts.at(-1) === '') parts.pop();
  // Read byte by byte so that no character is cut at the end of a chunk.
  return parts.map((part) => Buffer.from(part, 'latin1').toString('utf8'));
}

function quietly<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (gone.has((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
}
