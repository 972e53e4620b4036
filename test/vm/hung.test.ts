import { afterEach, expect, test, vi } from 'vitest';
import { runInGuest } from '../../scripts/vm/guest.ts';
import { wanted } from './wanted.ts';

afterEach(() => void vi.restoreAllMocks());

test('a guest that does not end in time is tried once more, which is told, and its command has no status', async () => {
  const told = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  const onAgain = vi.fn();
  const [kernel = ''] = wanted;
  expect(await runInGuest({ kernel, command: ['true'], limitS: 1, onAgain })).toBe(124);
  expect(onAgain).toHaveBeenCalledTimes(1);
  expect(told.mock.calls.map(([text]) => text)).toEqual([
    `vm: kernel ${kernel}: the guest hung: it did not end within 1 s; once more\n`,
    `vm: kernel ${kernel}: the guest hung: it did not end within 1 s\n`,
  ]);
});
