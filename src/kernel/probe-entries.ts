import { type Addon, type BpfObject, builtFile, type Link } from './addon.ts';
import { u32 } from './map-bytes.ts';

/** A place in a file where a program of ours is to run. */
export interface ProbePlace {
  readonly program: string;
  readonly cookie: number;
  readonly offset: number;
  readonly isReturn: boolean;
}

/** What stands at probes where the kernel keeps no numbers, a program for each number: see bpf/lib/probe_cookie.h. */
export class ProbeEntries {
  readonly #addon: Addon;
  /** By program and number. */
  readonly #entries = new Map<string, BpfObject>();

  constructor(addon: Addon) {
    this.#addon = addon;
  }

  /** `object` has the program that the probe is for. */
  attach(object: BpfObject, path: string, { program, cookie, offset, isReturn }: ProbePlace): Link {
    const name = `${program} ${cookie}`;
    let entry = this.#entries.get(name);
    if (entry === undefined) {
      entry = this.#load(object, program, cookie);
      this.#entries.set(name, entry);
    }
    return entry.attachUprobe('probe_entry', { path, offset, isReturn });
  }

  #load(object: BpfObject, program: string, cookie: number): BpfObject {
    const entry = this.#addon.openObject(builtFile('bpf/probe_entry.bpf.o'), {
      constants: { cookie },
      reuse: { entered_cookie: object.map('entered_cookie') },
    });
    try {
      entry.load();
      entry.map('entered_program').update(u32(0), u32(object.programInfo(program).fd));
      return entry;
    } catch (error) {
      entry.close();
      throw error;
    }
  }

  close(): void {
    for (const entry of this.#entries.values()) entry.close();
    this.#entries.clear();
  }
}
