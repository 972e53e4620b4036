import { expect, test } from 'vitest';
import { settings } from '../../../src/config/settings.ts';
import { supportOf } from '../../../src/config/support.ts';

test('no setting is said to change live that nothing acts on', () => {
  const live = [...settings].filter(([, { live }]) => live).map(([path]) => path);
  expect(live.filter((path) => supportOf(path).is === 'no')).toEqual([]);
});
