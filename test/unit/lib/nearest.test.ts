import { expect, test } from 'vitest';
import { nearest } from '../../../src/lib/nearest.ts';

test.each([
  ['open_prots', ['open_ports', 'exe_path'], 'open_ports'],
  ['wakup_len', ['wakeup_len', 'batch_length'], 'wakeup_len'],
  ['LOGLEVEL', ['LOG_LEVEL'], 'LOG_LEVEL'],
  ['foo', ['protocol', 'endpoint'], undefined],
  ['x', ['y'], 'y'],
])('the nearest to %s', (text, candidates, expected) => {
  expect(nearest(text, candidates)).toBe(expected);
});
