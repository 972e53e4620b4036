import { readFileSync } from 'node:fs';
import { uptime } from 'node:os';
import type { NetworkTotals, ProcessSample } from '../span/process-sample.ts';
import type { ProcFs } from './proc-fs.ts';

export type Usage = Pick<
  ProcessSample,
  'parentPid' | 'command' | 'startTicks' | 'createdMs' | 'cpuSeconds' | 'residentBytes' | 'virtualBytes'
>;

/** https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html; the first is the state, behind the name. */
const field = {
  parent: 1,
  user: 11,
  system: 12,
  childrenUser: 13,
  childrenSystem: 14,
  start: 19,
  virtual: 20,
  resident: 21,
};

/** Undefined when the process is gone. */
export function readUsage(proc: ProcFs, pid: number, { pageBytes, ticks }: KernelUnits): Usage | undefined {
  const text = [...proc.lines(pid, 'stat')].join('\n');
  const [open, close] = [text.indexOf('('), text.lastIndexOf(')')];
  if (close < 0) return undefined;
  const values = text.slice(close + 2).split(' ');
  const of = (index: number): number => Number(values[index] ?? 0);
  return {
    parentPid: of(field.parent),
    command: text.slice(open + 1, close),
    startTicks: of(field.start),
    createdMs: Date.now() - (uptime() - of(field.start) / ticks) * 1000,
    cpuSeconds: {
      user: of(field.user) / ticks,
      system: of(field.system) / ticks,
      wait: (of(field.childrenUser) + of(field.childrenSystem)) / ticks,
    },
    residentBytes: of(field.resident) * pageBytes,
    virtualBytes: of(field.virtual),
  };
}

export function readDisk(proc: ProcFs, pid: number): ProcessSample['disk'] {
  const values = new Map([...proc.lines(pid, 'io')].map((line) => line.split(': ') as [string, string]));
  if (values.size === 0) return undefined;
  return { read: Number(values.get('read_bytes') ?? 0), write: Number(values.get('write_bytes') ?? 0) };
}

/** Interfaces stand behind two lines of headings; of each, the first column is bytes received, the ninth bytes sent. */
export function readNetwork(proc: ProcFs, pid: number): NetworkTotals | undefined {
  const [, , ...lines] = proc.lines(pid, 'net/dev');
  const rows = lines.map((line) =>
    line
      .slice(line.indexOf(':') + 1)
      .trim()
      .split(/\s+/)
      .map(Number),
  );
  if (rows.length === 0) return undefined;
  const sum = (column: number): number => rows.reduce((total, row) => total + (row[column] ?? 0), 0);
  return { receive: sum(0), transmit: sum(8) };
}

export interface KernelUnits {
  readonly pageBytes: number;
  /** Ticks of the kernel's clock a second. */
  readonly ticks: number;
}

/** include/uapi/linux/auxvec.h */
const AT_PAGESZ = 6n;
const AT_CLKTCK = 17n;

/** What the kernel told the agent itself when it started; the usual values where that cannot be read. */
export function kernelUnits(): KernelUnits {
  const told = new Map<bigint, bigint>();
  try {
    const bytes = readFileSync('/proc/self/auxv');
    for (let at = 0; at + 16 <= bytes.length; at += 16)
      told.set(bytes.readBigUInt64LE(at), bytes.readBigUInt64LE(at + 8));
  } catch {
    // not mounted
  }
  return { pageBytes: Number(told.get(AT_PAGESZ) ?? 4096n), ticks: Number(told.get(AT_CLKTCK) ?? 100n) };
}
