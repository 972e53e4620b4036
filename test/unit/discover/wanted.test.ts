import { expect, test } from 'vitest';
import type { Wanted } from '../../../src/discover/events.ts';
import { wantedBy } from '../../../src/discover/wanted.ts';
import { rule, rules } from '../../support/rules.ts';

test('ports of inclusion and of exclusion are told', () => {
  const wanted = wantedBy(rules([rule('a', { openPorts: '80,63-64,65535' })], [rule('b', { openPorts: '8080' })]));
  const told = Array.from({ length: 65536 }, (_, port) => port).filter((port) => isWanted(wanted, port));
  expect(told).toEqual([63, 64, 80, 8080, 65535]);
  expect(wanted.exec).toBe(false);
});

test('a rule without a port wants to hear of every program and every listener', () => {
  const wanted = wantedBy(rules([rule('a', { openPorts: '80' }), rule('b', { exePath: '*shop' })]));
  expect(wanted.exec).toBe(true);
  expect([0, 1, 80, 65535].every((port) => isWanted(wanted, port))).toBe(true);
});

test('a process that is named by its pid is there already', () => {
  const wanted = wantedBy(rules([rule('a', { targetPids: [{ from: 5, to: 5 }] })]));
  expect(wanted.exec).toBe(false);
  expect(wanted.ports.every((word) => word === 0n)).toBe(true);
});

test('without rules nothing is told, whatever is excluded', () => {
  const wanted = wantedBy(rules([], [rule('b', { openPorts: '8080' })]));
  expect(wanted.ports.every((word) => word === 0n)).toBe(true);
});

function isWanted(wanted: Wanted, port: number): boolean {
  return ((wanted.ports[port >> 6] ?? 0n) & (1n << BigInt(port & 63))) !== 0n;
}
