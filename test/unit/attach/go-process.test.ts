import { expect, test } from 'vitest';
import { goProcessOf } from '../../../src/attach/go-process.ts';

const build = (minor: number | undefined) => ({ version: '', minor, modules: new Map() });

test.each([
  [18, { goid: 152, curg: 192 }],
  [22, { goid: 152, curg: 192 }],
  [24, { goid: 160, curg: 192 }],
  [26, { goid: 152, curg: 184 }],
])('Go 1.%d has its structs laid out as read from its own debugging information', (minor, places) => {
  expect(goProcessOf(build(minor))).toEqual(places);
});

test.each([17, 27, undefined])('nothing is known of Go 1.%s', (minor) => {
  expect(goProcessOf(build(minor))).toBeUndefined();
});
