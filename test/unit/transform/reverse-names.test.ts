import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { HostsFile } from '../../../src/transform/hosts-file.ts';
import { ReverseNames } from '../../../src/transform/reverse-names.ts';
import { until } from '../../support/until.ts';

/** Answers at once, and notes who was asked for. */
function resolver(names: Readonly<Record<string, string>>, change: { size?: number; ttlMs?: number } = {}) {
  const asked: string[] = [];
  const reverse = new ReverseNames({
    size: 1024,
    ttlMs: 60_000,
    ask: async (address) => {
      asked.push(address);
      const name = names[address];
      if (name === undefined) throw new Error('ENOTFOUND');
      return [name];
    },
    ...change,
  });
  return { asked, reverse };
}

test('an address has no name until it is known, and is asked for once', async () => {
  const { asked, reverse } = resolver({ '10.0.0.1': 'db.example.' });
  expect([reverse.lookup('10.0.0.1'), reverse.lookup('10.0.0.1')]).toEqual([undefined, undefined]);
  await nextTurn();
  expect(reverse.lookup('10.0.0.1')).toBe('db.example');
  expect(asked).toEqual(['10.0.0.1']);
});

test('that there is no name is remembered, too', async () => {
  const { asked, reverse } = resolver({});
  for (let i = 0; i < 3; i++) {
    expect(reverse.lookup('10.0.0.1')).toBeUndefined();
    await nextTurn();
  }
  expect(asked).toEqual(['10.0.0.1']);
});

test('an old name is told until the new one is known', async () => {
  const names: Record<string, string> = { '10.0.0.1': 'before' };
  const { asked, reverse } = resolver(names);
  reverse.lookup('10.0.0.1');
  await nextTurn();
  names['10.0.0.1'] = 'after';
  expect(reverse.lookup('10.0.0.1', Date.now() + 60_001)).toBe('before');
  await nextTurn();
  expect(reverse.lookup('10.0.0.1')).toBe('after');
  expect(asked).toHaveLength(2);
});

test('a hundred thousand addresses keep the cache and the questions within bounds', async () => {
  const { asked, reverse } = resolver({}, { size: 100 });
  let mostAtOnce = 0;
  for (let i = 0; i < 100_000; i++) {
    const before = asked.length;
    reverse.lookup(`10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`);
    mostAtOnce = Math.max(mostAtOnce, asked.length - before);
    if (i % 1000 === 0) await nextTurn();
  }
  expect(mostAtOnce).toBe(1);
  // 32 at once, and answers come in once in a thousand look-ups
  expect(asked.length).toBeLessThanOrEqual(32 * 101);
});

test.each([
  ['cart.shop.svc.cluster.local.', 'cart.shop'],
  ['10-1-2-3.cart.shop.svc.cluster.local', 'cart.shop'],
  ['plain', 'plain'],
])('%s is called %s', async (name, short) => {
  const { reverse } = resolver({ '10.0.0.1': name });
  reverse.lookup('10.0.0.1');
  await nextTurn();
  expect(reverse.lookup('10.0.0.1')).toBe(short);
});

test('the hosts file is asked, and its first name taken', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'beyla-hosts-'));
  const path = join(folder, 'hosts');
  writeFileSync(path, '# 10.0.0.9 nobody\n10.0.0.1 first second # third\n10.0.0.1 later\n::1\tsix\n');
  const hosts = new HostsFile(path);
  const names = await Promise.all(['10.0.0.1', '::1', '10.0.0.9'].map((address) => hosts.nameOf(address, 0)));
  expect(names).toEqual(['first', 'six', undefined]);
  writeFileSync(path, '10.0.0.9 somebody\n');
  expect(await hosts.nameOf('10.0.0.9', 5_000)).toBeUndefined();
  expect(await hosts.nameOf('10.0.0.9', 5_001)).toBe('somebody');
  rmSync(folder, { recursive: true });
  expect(await hosts.nameOf('10.0.0.9', 20_000)).toBeUndefined();
});

test('this host is known by the name in its own file', async () => {
  const reverse = new ReverseNames({ size: 10, ttlMs: 60_000 });
  await until(() => reverse.lookup('127.0.0.1') !== undefined);
  expect(reverse.lookup('127.0.0.1')).toBe('localhost');
});
