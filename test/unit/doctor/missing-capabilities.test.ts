import { expect, test } from 'vitest';
import { missingCapabilities } from '../../../src/doctor/capabilities.ts';
import { HostTree, status } from '../../support/host-tree.ts';

test.each([
  ['all', 0x1ffffffffffn, '6.18.0', []],
  ['the one that stands for all', 1n << 21n, '6.18.0', []],
  ['just those that are needed', 0x1c000080004n, '6.18.0', []],
  [
    'none',
    0n,
    '6.18.0-rc1',
    ['CAP_DAC_READ_SEARCH', 'CAP_SYS_PTRACE', 'CAP_PERFMON', 'CAP_BPF', 'CAP_CHECKPOINT_RESTORE'],
  ],
  ['those of a kernel that does not limit memory', 0x1c000080004n, '5.10.0-30-amd64', ['CAP_SYS_RESOURCE']],
])('with %s', (_, set, release, missing) => {
  const tree = new HostTree({ '/proc/self/status': status(0, set), '/proc/sys/kernel/osrelease': release });
  expect(missingCapabilities(tree.host())).toEqual(missing);
  tree.close();
});
