import { expect, test } from 'vitest';
import { causeOf, detailOf } from '../../../src/kernel/refusal.ts';

/** As the addon throws them; the words are libbpf's. */
function refusal(code: string, detail: string): Error {
  return Object.assign(new Error(`${code}: refused`), { code, detail });
}

test.each([
  [
    'EPERM',
    "libbpf: Error in bpf_object__probe_loading():Operation not permitted(1). Couldn't load trivial BPF program.",
    /may not load BPF/,
    /root/,
  ],
  [
    'ESRCH',
    "libbpf: kernel BTF is missing at '/sys/kernel/btf/vmlinux'\nlibbpf: Error loading vmlinux BTF: -3",
    /no BTF/,
    /CONFIG_DEBUG_INFO_BTF/,
  ],
  [
    'ENOENT',
    "libbpf: prog 'enter_write': failed to create tracepoint 'syscalls/sys_enter_write' perf event: No such file",
    /tracefs/,
    /mount -t tracefs/,
  ],
  [
    'EACCES',
    "libbpf: prog 'enter_write': failed to create tracepoint 'x' perf event: Permission denied",
    /perf events/,
    /paranoid/,
  ],
  [
    'ENOENT',
    "libbpf: prog 'send_enter': failed to create kprobe 'tcp_sendmsg+0x0' perf event: No such file",
    /no kprobes/,
    /CONFIG_KPROBES/,
  ],
  [
    'ESRCH',
    "libbpf: prog 'tcp_send': failed to find kernel BTF type ID of 'tcp_sendmsg_locked': -3",
    /hook/,
    /later kernel/,
  ],
  ['NO_CGROUPS', '', /not mounted/, /mount -t cgroup2/],
  ['PART_OF_CGROUPS', '', /container/, /--pid=host/],
  ['EPERM', "libbpf: prog 'send_enter': failed to load: -1", /this kind/, /locked down/],
  ['ENOMEM', '', /memory/, /limit/],
  ['EINVAL', 'invalid access to map value', /verifier/, /report/],
  ['EWHAT', '', /refuses/, /report/],
])('%s, %s', (code, detail, cause, fix) => {
  const found = causeOf(refusal(code, detail));
  expect(found.cause).toMatch(cause);
  expect(found.fix).toMatch(fix);
});

test('the detail is the last line that says more than that it failed', () => {
  const error = refusal(
    'EPERM',
    "libbpf: prog 'a': failed to load: -1\nprocessed 5 insns\nlibbpf: failed to load object 'x'\n",
  );
  expect(detailOf(error)).toBe("EPERM: refused (libbpf: prog 'a': failed to load: -1)");
  expect(detailOf(new Error('plain'))).toBe('plain');
});
