import { expect, test } from 'vitest';
import { mappedFiles } from '../../../src/attach/mapped-files.ts';

const maps = `00400000-00500000 r-xp 00000000 fe:00 11                 /opt/my server
00600000-00601000 rw-p 00100000 fe:00 11                 /opt/my server
7f0000000000-7f0000010000 r--p 00000000 00:2a 12         /usr/lib/libc.so.6
7f0000010000-7f0000020000 r-xp 00010000 00:2a 12         /usr/lib/libc.so.6
7f0000020000-7f0000030000 r-xp 00010000 00:2a 12         /usr/lib/libc.so.6
7f0000040000-7f0000050000 r-xp 00000000 00:2a 13         /usr/lib/libssl.so.3 (deleted)
7f0000060000-7f0000070000 rwxp 00000000 00:00 0
7ffc00000000-7ffc00002000 r-xp 00000000 00:00 0          [vdso]
`;

test('each file that is executed is told once, the likely ones first, deleted ones as well', () => {
  expect(mappedFiles(maps)).toEqual([
    { key: '00:2a 13', path: '/usr/lib/libssl.so.3', range: '7f0000040000-7f0000050000' },
    { key: 'fe:00 11', path: '/opt/my server', range: '400000-500000' },
    { key: '00:2a 12', path: '/usr/lib/libc.so.6', range: '7f0000010000-7f0000020000' },
  ]);
});
