import type { HeldSocket } from '../discover/held-sockets.ts';
import { OwnerKey } from './abi.gen.ts';
import type { BpfMap } from './addon.ts';
import { u32 } from './map-bytes.ts';

/**
 * Tells the programs that see packets whose the sockets are. Of what begins later they know themselves, so only what has changed is
 * written: they may know better.
 */
export class SocketOwners {
  readonly #map: BpfMap;
  #written: ReadonlyMap<string, number> = new Map();

  constructor(map: BpfMap) {
    this.#map = map;
  }

  /** The sockets of all captured processes. Where several hold one, the first is named. */
  write(held: Iterable<HeldSocket>): void {
    const wanted = new Map<string, number>();
    for (const socket of held) {
      const key = keyOf(socket).toString('latin1');
      if (!wanted.has(key)) wanted.set(key, socket.hostPid);
    }
    for (const [key, hostPid] of wanted)
      if (this.#written.get(key) !== hostPid) this.#map.update(Buffer.from(key, 'latin1'), u32(hostPid));
    this.#written = wanted;
  }
}

function keyOf({ namespace, localPort, remotePort }: HeldSocket): Buffer {
  const key = Buffer.alloc(OwnerKey.size);
  key.writeUInt32LE(namespace, OwnerKey.at.namespace);
  key.writeUInt16LE(localPort, OwnerKey.at.localPort);
  key.writeUInt16LE(remotePort, OwnerKey.at.remotePort);
  return key;
}
