import { afterEach, beforeEach, expect, test } from 'vitest';
import { heldSockets } from '../../../src/discover/held-sockets.ts';
import { ProcFs } from '../../../src/discover/proc-fs.ts';
import { hostNetwork, ProcTree } from '../../support/proc-tree.ts';

let tree: ProcTree;

beforeEach(() => {
  tree = new ProcTree();
});

afterEach(() => tree.close());

const held = (...pids: number[]) => [
  ...heldSockets(
    new ProcFs(tree.root),
    pids.map((pid) => ({ pid, hostPid: pid + 1000 })),
  ),
];

test('what a process listens on and what it is connected with are its own, under the number that the kernel gives it', () => {
  tree.add({ pid: 5, ports: [8080, 8443], sockets: [9] });
  tree.add({ pid: 6, ports: [22] });
  const of = { hostPid: 1005, namespace: hostNetwork };
  const found = held(5).sort((a, b) => a.localPort - b.localPort);
  expect(found).toEqual([
    { ...of, localPort: 8080, remotePort: 0 },
    { ...of, localPort: 8443, remotePort: 0 },
    { ...of, localPort: 45678, remotePort: 80 },
  ]);
});

test('a socket that two processes hold is told of both, and those of another network namespace with its number', () => {
  tree.add({ pid: 5 });
  const inode = tree.listen(5, 8080);
  tree.add({ pid: 6, sockets: [inode] });
  tree.add({ pid: 7, ports: [8080], netNamespace: 4026532001 });
  const socket = { localPort: 8080, remotePort: 0 };
  expect(held(5, 6, 7)).toEqual([
    { ...socket, hostPid: 1005, namespace: hostNetwork },
    { ...socket, hostPid: 1006, namespace: hostNetwork },
    { ...socket, hostPid: 1007, namespace: 4026532001 },
  ]);
});

test('a process that is gone holds nothing', () => {
  expect(held(5)).toEqual([]);
});
