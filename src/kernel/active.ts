import { log } from '../telemetry/log.ts';
import { ActiveKey, HttpRole } from './abi.gen.ts';
import { type Addon, type BpfObject, builtFile } from './addon.ts';
import { detailOf } from './refusal.ts';

/** Exchanges that a process has under way. */
export interface Active {
  readonly hostPid: number;
  readonly side: 'server' | 'client';
  readonly count: number;
}

/** Counts the exchanges of HTTP/1 that have begun and not ended. */
export class ActiveExchanges {
  readonly #object: BpfObject | undefined;

  constructor(addon: Addon, capture: BpfObject) {
    const object = addon.openObject(builtFile('bpf/active.bpf.o'), { reuse: { conns: capture.map('conns') } });
    try {
      object.load();
      this.#object = object;
    } catch (error) {
      object.close();
      log.debug('exchanges under way are not counted', { reason: detailOf(error) });
    }
  }

  count(): readonly Active[] {
    if (this.#object === undefined) return [];
    const map = this.#object.map('active');
    for (const key of map.keys()) map.delete(key);
    this.#object.testRun('active_count');
    return map.keys().map((key) => ({
      hostPid: key.readUInt32LE(ActiveKey.at.pid),
      side: key.readUInt32LE(ActiveKey.at.role) === HttpRole.server ? 'server' : 'client',
      count: map.lookup(key)?.readUInt32LE() ?? 0,
    }));
  }

  close(): void {
    this.#object?.close();
  }
}
