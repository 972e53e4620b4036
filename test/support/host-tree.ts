import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { CaptureFacts } from '../../src/doctor/capture-facts.ts';
import { type Host, HostFiles } from '../../src/doctor/host.ts';

/** A host that has everything; a test changes what it is about. */
const healthy: Readonly<Record<string, string>> = {
  '/proc/sys/kernel/osrelease': '6.18.1-test\n',
  '/proc/sys/kernel/perf_event_paranoid': '2\n',
  '/proc/self/status': status(0, 0x1ffffffffffn),
  '/proc/self/uid_map': '         0          0 4294967295\n',
  '/proc/self/limits': 'Max locked memory         8388608              8388608              bytes\n',
  '/proc/self/cgroup': '0::/\n',
  '/proc/self/mountinfo': mounts(
    ['tracefs', '/sys/kernel/tracing'],
    ['bpf', '/sys/fs/bpf'],
    ['cgroup2', '/sys/fs/cgroup'],
  ),
  '/sys/kernel/btf/vmlinux': 'x'.repeat(4096),
  '/sys/kernel/tracing/available_tracers': 'nop\n',
  '/sys/kernel/security/lockdown': '[none] integrity confidentiality\n',
};

export const tpBtf: CaptureFacts = {
  from: 'a trial',
  wanted: 'auto',
  backend: 'tp_btf',
  attempts: [{ name: 'tp_btf', is: 'taken' }],
};

export function status(uid: number, capabilities: bigint): string {
  return `Name:\tbeyla\nUid:\t${uid}\t${uid}\t${uid}\t${uid}\nCapEff:\t${capabilities.toString(16).padStart(16, '0')}\n`;
}

export function mounts(...all: (readonly [type: string, path: string, options?: string])[]): string {
  return all
    .map(([type, path, options = 'rw'], i) => `${i + 20} 1 0:${i} / ${path} rw - ${type} none ${options}\n`)
    .join('');
}

/** A folder that looks like the root of a host. A value that is undefined is a file that is not there. */
export class HostTree {
  readonly root = mkdtempSync(join(tmpdir(), 'host-tree-'));

  constructor(changes: Readonly<Record<string, string | undefined>> = {}, pidNamespace = 4026531836) {
    for (const [path, text] of Object.entries({ ...healthy, ...changes }))
      if (text !== undefined) this.write(path, text);
    mkdirSync(join(this.root, 'proc/self/ns'), { recursive: true });
    symlinkSync(`pid:[${pidNamespace}]`, join(this.root, 'proc/self/ns/pid'));
  }

  write(path: string, text: string): void {
    mkdirSync(dirname(join(this.root, path)), { recursive: true });
    writeFileSync(join(this.root, path), text);
  }

  host(changes: Partial<Host> = {}): Host {
    return { files: new HostFiles(this.root), subject: 'self', architecture: 'x64', capture: tpBtf, ...changes };
  }

  close(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}
