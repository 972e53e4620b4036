import { expect, test } from 'vitest';
import type { BpfMap } from '../../../src/kernel/addon.ts';
import { SocketOwners } from '../../../src/kernel/socket-owners.ts';

/** What was written, as `namespace:local:remote=pid`. */
function recording(): { readonly map: BpfMap; readonly written: string[] } {
  const written: string[] = [];
  const update = (key: Uint8Array, value: Uint8Array) => {
    const [namespace, ports, pid] = [Buffer.from(key).readUInt32LE(0), Buffer.from(key), Buffer.from(value)];
    written.push(`${namespace}:${ports.readUInt16LE(4)}:${ports.readUInt16LE(6)}=${pid.readUInt32LE()}`);
  };
  return { map: { update } as unknown as BpfMap, written };
}

const socket = (hostPid: number, localPort: number, remotePort = 0) => ({
  ...{ hostPid, namespace: 7, localPort, remotePort },
});

test('only what has changed is written, and of several that hold a socket the first is named', () => {
  const { map, written } = recording();
  const owners = new SocketOwners(map);
  owners.write([socket(5, 80), socket(6, 80), socket(5, 80, 4000)]);
  expect(written.splice(0)).toEqual(['7:80:0=5', '7:80:4000=5']);
  owners.write([socket(5, 80), socket(6, 80), socket(6, 81)]);
  expect(written.splice(0)).toEqual(['7:81:0=6']);
  owners.write([socket(6, 80), socket(6, 81)]);
  expect(written).toEqual(['7:80:0=6']);
});
