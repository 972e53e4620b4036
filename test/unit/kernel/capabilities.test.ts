import { expect, test } from 'vitest';
import { missingCapabilities } from '../../../src/kernel/capabilities.ts';

const status = (hex: string) => `Name:\tnode\nCapPrm:\tffffffffffffffff\nCapEff:\t${hex}\nCapBnd:\t0\n`;

test.each([
  ['all', '000001ffffffffff', '6.18.0', []],
  ['the one that stands for all', '0000000000200000', '6.18.0', []],
  ['just those that are needed', '000001c000080004', '6.18.0', []],
  [
    'none',
    '0000000000000000',
    '6.18.0-rc1',
    ['CAP_DAC_READ_SEARCH', 'CAP_SYS_PTRACE', 'CAP_PERFMON', 'CAP_BPF', 'CAP_CHECKPOINT_RESTORE'],
  ],
  ['memory, on an old kernel', '000001c000080004', '5.10.0-30-amd64', ['CAP_SYS_RESOURCE']],
  ['all, before there were finer ones', '0000000000000000', '5.4.0', ['CAP_SYS_ADMIN']],
])('of %s', (_, hex, kernel, missing) => {
  expect(missingCapabilities(status(hex), kernel)).toEqual(missing);
});
