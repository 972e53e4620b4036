import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { Listeners } from '../../src/discover/listeners.ts';
import { ProcFs } from '../../src/discover/proc-fs.ts';

/** What of a process would show that somebody has had a hand in it. */
export interface Footprint {
  /** What is mapped, anonymous memory left out: a runtime asks for more of that at any time. */
  readonly mappings: readonly string[];
  /** Masks of signals and who traces it, a line for each thread's. */
  readonly signals: readonly string[];
  readonly files: readonly string[];
  readonly ports: readonly number[];
}

const told = /^(TracerPid|Sig(?:Pnd|Blk|Ign|Cgt)|ShdPnd|NoNewPrivs|Seccomp\w*):/;

export function footprintOf(pid: number): Footprint {
  const proc = new ProcFs();
  const threads = readdirSync(`/proc/${pid}/task`);
  return {
    mappings: sortedSet(mappingsOf(pid)),
    signals: sortedSet(threads.flatMap((thread) => linesOf(`/proc/${pid}/task/${thread}/status`).filter(isTold))),
    files: sortedSet(readdirSync(`/proc/${pid}/fd`).map((fd) => fileOf(`/proc/${pid}/fd/${fd}`))),
    ports: [...new Listeners(proc).portsOf(pid)].toSorted((a, b) => a - b),
  };
}

/** Without addresses: file, place in it and rights. */
function mappingsOf(pid: number): string[] {
  const mappings = linesOf(`/proc/${pid}/maps`).map((line) => line.split(/\s+/));
  return mappings.flatMap(([, rights, offset, , , ...path]) =>
    path.join('') === '' || path[0]?.startsWith('[anon') === true ? [] : [`${path.join(' ')} ${rights} ${offset}`],
  );
}

function isTold(line: string): boolean {
  return told.test(line);
}

function linesOf(file: string): string[] {
  return readFileSync(file, 'utf8').split('\n');
}

/** Connections and timers come and go; their kind is enough. */
function fileOf(link: string): string {
  try {
    return readlinkSync(link).replace(/\[\d+\]/, '');
  } catch {
    return '';
  }
}

function sortedSet(lines: readonly string[]): string[] {
  return [...new Set(lines)].filter((line) => line !== '').toSorted();
}
