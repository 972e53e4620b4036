import { log } from '../telemetry/log.ts';
import type { Addon, BpfObject, KernelError, Link } from './addon.ts';
import { ProbeEntries, type ProbePlace } from './probe-entries.ts';
import { detailOf } from './refusal.ts';

/** Places of one program and one kind: as a link takes them. */
export type ProbeGroup = readonly [ProbePlace, ...ProbePlace[]];

/** Many probes in a link (Linux 6.6), each in its own (5.15), or each in its own with an entry before the program. */
export type ProbeWay = 'many' | 'single' | 'entered';

/** How probes hang at their places. What the kernel can is found out when the first programs are loaded. */
export class ProbeLinks {
  readonly #addon: Addon;
  readonly #wanted: 'auto' | 'many' | 'single';
  readonly #entries: ProbeEntries;
  #way: ProbeWay | undefined;

  constructor(addon: Addon, wanted: 'auto' | 'many' | 'single') {
    this.#addon = addon;
    this.#wanted = wanted;
    this.#entries = new ProbeEntries(addon);
  }

  /**
   * An object in the best way that the kernel takes.
   * @throws KernelError when it takes it in none.
   */
  load(object: (way: ProbeWay) => BpfObject): BpfObject {
    const forMany = this.#way === undefined && this.#wanted === 'auto' ? loadForMany(object) : undefined;
    if (forMany !== undefined || this.#wanted === 'many') this.#way = 'many';
    this.#way ??= this.#addon.keepsCookies() ? 'single' : 'entered';
    return forMany ?? object(this.#way);
  }

  *attach(object: BpfObject, path: string, group: ProbeGroup): Generator<Link> {
    if (this.#way === 'many') yield attachMany(object, path, group);
    else if (this.#way === 'single')
      for (const place of group) yield object.attachUprobe(place.program, { path, ...place });
    else for (const place of group) yield this.#entries.attach(object, path, place);
  }

  close(): void {
    this.#entries.close();
  }
}

/** Undefined before Linux 6.6: it refuses such programs, or such links. */
function loadForMany(load: (way: ProbeWay) => BpfObject): BpfObject | undefined {
  try {
    const object = load('many');
    if (takesMany(object)) return object;
    object.close();
  } catch (error) {
    log.debug('programs for many probes are refused', { reason: detailOf(error) });
  }
  return undefined;
}

/** Linux 6.6 and later: asked to probe a directory, they say that it is no file; others do not know what is asked. */
function takesMany(object: BpfObject): boolean {
  const [program = ''] = object.programs();
  try {
    object.attachUprobes(program, { path: '/', offsets: [0] }).destroy();
    return true;
  } catch (error) {
    return (error as KernelError).code === 'EBADF';
  }
}

function attachMany(object: BpfObject, path: string, group: ProbeGroup): Link {
  const [{ program, isReturn }] = group;
  return object.attachUprobes(program, {
    path,
    offsets: group.map(({ offset }) => offset),
    cookies: group.map(({ cookie }) => cookie),
    isReturn,
  });
}

export function probeGroups(places: readonly ProbePlace[]): ProbeGroup[] {
  const byKind = new Map<string, [ProbePlace, ...ProbePlace[]]>();
  for (const place of places) {
    const key = `${place.program} ${place.isReturn}`;
    const group = byKind.get(key);
    if (group === undefined) byKind.set(key, [place]);
    else group.push(place);
  }
  return [...byKind.values()];
}
