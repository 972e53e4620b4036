import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { CaptureFacts } from './capture-facts.ts';

/** What was read, or the code of the error in its place. */
export type Look = { readonly is: 'text'; readonly text: string } | { readonly is: 'missing'; readonly code: string };

/** The files of the host that checks look at, under a root that tests choose. Nothing here throws. */
export class HostFiles {
  readonly #root: string;

  constructor(root = '/') {
    this.#root = root;
  }

  /** Tries instead of asking for permission: with file capabilities the two answers differ. */
  look(path: string): Look {
    try {
      return { is: 'text', text: readFileSync(join(this.#root, path), 'latin1') };
    } catch (error) {
      return { is: 'missing', code: codeOf(error) };
    }
  }

  text(path: string): string {
    const found = this.look(path);
    return found.is === 'text' ? found.text : '';
  }

  /** Where a link leads, '' when that cannot be read. */
  link(path: string): string {
    try {
      return readlinkSync(join(this.#root, path));
    } catch {
      return '';
    }
  }

  list(path: string): readonly string[] {
    try {
      return readdirSync(join(this.#root, path));
    } catch {
      return [];
    }
  }
}

export interface Mount {
  readonly type: string;
  readonly path: string;
  readonly source: string;
  /** Of the file system, such as the controllers of a cgroup hierarchy. */
  readonly options: readonly string[];
}

/** proc(5): `36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue` */
export function mountsOf({ files, subject }: Host): readonly Mount[] {
  const lines = files.text(`/proc/${subject}/mountinfo`).split('\n');
  return lines.flatMap((line) => {
    const [before = '', after = ''] = line.split(' - ');
    const path = before.split(' ')[4];
    const [type = '', source = '', options = ''] = after.split(' ');
    return path === undefined || type === '' ? [] : [{ type, path, source, options: options.split(',') }];
  });
}

/** What checks are given. */
export interface Host {
  readonly files: HostFiles;
  /** Whose rights and limits count: the pid of a running agent, or `self`. */
  readonly subject: number | 'self';
  /** As Node names it. */
  readonly architecture: string;
  /** Undefined when it could not be found out; another check says why. */
  readonly capture: CaptureFacts | undefined;
}

/** The first two numbers of the kernel's release, `[6, 18]`. */
export function kernelVersion(files: HostFiles): readonly [number, number] {
  const [, major = '0', minor = '0'] = /^(\d+)\.(\d+)/.exec(files.text('/proc/sys/kernel/osrelease')) ?? [];
  return [Number(major), Number(minor)];
}

export function isBefore([major, minor]: readonly [number, number], [a, b]: readonly [number, number]): boolean {
  return major < a || (major === a && minor < b);
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}
