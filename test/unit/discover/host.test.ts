import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { describeHost } from '../../../src/discover/host.ts';

let root: string;

beforeEach(() => {
  root = `${mkdtempSync(join(tmpdir(), 'host-'))}/`;
});

afterEach(() => rmSync(root, { recursive: true }));

test('without DNS the host has its short name', async () => {
  expect((await describeHost({ dns: false, root })).name).toBe(hostname());
});

test('DNS never makes it localhost, and is not waited for longer than said', async () => {
  const startedAt = performance.now();
  const { name } = await describeHost({ dns: true, root, withinMs: 200 });
  expect(name).not.toMatch(/^localhost/);
  expect(name.length).toBeGreaterThan(0);
  expect(performance.now() - startedAt).toBeLessThan(1000);
});

test('a name that is given is taken', async () => {
  const host = await describeHost({ dns: true, overrideName: 'given', overrideId: 'id-1', root });
  expect(host.name).toBe('given');
  expect(host.resource).toEqual({ 'host.name': 'given', 'host.id': 'id-1', 'os.type': 'linux' });
});

test('the id of the machine is that of systemd, else that of D-Bus, else none', async () => {
  expect((await describeHost({ dns: false, root })).resource).not.toHaveProperty('host.id');
  mkdirSync(`${root}var/lib/dbus`, { recursive: true });
  writeFileSync(`${root}var/lib/dbus/machine-id`, 'dbus\n');
  expect((await describeHost({ dns: false, root })).resource['host.id']).toBe('dbus');
  mkdirSync(`${root}etc`);
  writeFileSync(`${root}etc/machine-id`, 'systemd\n');
  expect((await describeHost({ dns: false, root })).resource['host.id']).toBe('systemd');
});

test("the agent's own attributes are at hand for processes that have none", async () => {
  const host = await describeHost({ dns: false, defaultResource: { team: 'a' }, root });
  expect(host.defaultResource).toEqual({ team: 'a' });
});
