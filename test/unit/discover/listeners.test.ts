import { afterEach, beforeEach, expect, test } from 'vitest';
import { Listeners } from '../../../src/discover/listeners.ts';
import { ProcFs } from '../../../src/discover/proc-fs.ts';
import { ProcTree } from '../../support/proc-tree.ts';

let tree: ProcTree;

beforeEach(() => {
  tree = new ProcTree();
});

afterEach(() => tree.close());

function portsOf(pid: number): number[] {
  return [...new Listeners(new ProcFs(tree.root)).portsOf(pid)].sort((a, b) => a - b);
}

test('a process listens on the ports of the listening sockets that it holds, of IPv4 and IPv6', () => {
  tree.add({ pid: 5, ports: [8080, 8443] });
  tree.add({ pid: 6, ports: [22] });
  expect(portsOf(5)).toEqual([8080, 8443]);
  expect(portsOf(6)).toEqual([22]);
});

test('a socket that two processes hold is listened on by both', () => {
  tree.add({ pid: 5 });
  const inode = tree.listen(5, 8080);
  tree.add({ pid: 6, sockets: [inode] });
  expect(portsOf(6)).toEqual([8080]);
});

test('a connection is not a listener: the local port of a client selects nobody', () => {
  tree.add({ pid: 5, sockets: [9] });
  expect(portsOf(5)).toEqual([]);
});

test('the same port in another network namespace belongs to the processes there', () => {
  tree.add({ pid: 5, ports: [8080], netNamespace: 4026532001 });
  tree.add({ pid: 6, ports: [8080], netNamespace: 4026532002 });
  expect(portsOf(5)).toEqual([8080]);
  expect(portsOf(6)).toEqual([8080]);
});

test('a thousand listeners, in tables longer than one read, are all found', () => {
  const ports = Array.from({ length: 1000 }, (_, i) => 20_000 + i);
  tree.add({ pid: 5, ports });
  expect(portsOf(5)).toEqual(ports);
});
