import type { KernelError } from './addon.ts';

/** Why the kernel would not take something, in the words of who can change it. */
export interface Cause {
  readonly cause: string;
  readonly fix: string;
}

interface Known extends Cause {
  readonly is: (error: KernelError) => boolean;
}

const said = (error: KernelError, words: RegExp) => words.test(error.detail ?? '');

/** The first that fits; libbpf's own words are surer than the code of the error, which has many meanings. */
const known: readonly Known[] = [
  {
    is: ({ code }) => code === 'NO_CGROUPS',
    cause: 'control groups of version 2 are not mounted',
    fix: 'mount -t cgroup2 none /sys/fs/cgroup/unified',
  },
  {
    is: ({ code }) => code === 'PART_OF_CGROUPS',
    cause: 'only the control groups of this container are visible, and the processes outside are in others',
    fix: 'in Docker --pid=host or --cgroupns=host',
  },
  {
    is: (error) => said(error, /kernel BTF is missing|valid kernel BTF|loading vmlinux BTF/),
    cause: 'the kernel shows no BTF at /sys/kernel/btf/vmlinux',
    fix: 'use a kernel with CONFIG_DEBUG_INFO_BTF=y, and do not hide /sys/kernel/btf',
  },
  {
    is: (error) => isDenied(error) && said(error, /trivial BPF program|RLIMIT_MEMLOCK/),
    cause: 'this process may not load BPF programs',
    fix: 'run as root, or with the capabilities CAP_BPF and CAP_PERFMON; in Docker --privileged',
  },
  {
    is: (error) => said(error, /failed to create tracepoint/) && error.code === 'ENOENT',
    cause: 'tracefs is not mounted',
    fix: 'mount -t tracefs none /sys/kernel/tracing',
  },
  {
    is: (error) => said(error, /perf event/) && isDenied(error),
    cause: 'this process may not open perf events',
    fix: 'add CAP_PERFMON, and CAP_SYS_ADMIN where kernel.perf_event_paranoid is above 2',
  },
  {
    is: (error) => said(error, /failed to create k(ret)?probe/),
    cause: 'the kernel has no kprobes',
    fix: 'a kernel with CONFIG_KPROBES=y and CONFIG_KPROBE_EVENTS=y would allow it',
  },
  {
    is: (error) =>
      said(
        error,
        /failed to find kernel BTF type ID|not found in kernel BTF|is not found in vmlinux BTF|not found in kernel or module BTFs/,
      ),
    cause: 'this kernel does not have a hook that it needs',
    fix: 'a later kernel has it',
  },
  {
    is: isDenied,
    cause: 'the kernel refuses programs of this kind',
    fix: 'it is a choice of how the kernel was built or locked down, or a capability is missing (CAP_BPF, CAP_PERFMON)',
  },
  {
    is: ({ code }) => code === 'ENOMEM',
    cause: 'not enough memory for the maps',
    fix: 'raise the memory limit of the agent',
  },
  {
    is: ({ code }) => code === 'EOPNOTSUPP' || code === 'ENOTSUP' || code === 'ENOENT' || code === 'ESRCH',
    cause: 'this kernel does not have a hook that it needs',
    fix: 'a later kernel has it',
  },
  {
    is: ({ code }) => code === 'EINVAL' || code === 'EACCES' || code === 'E2BIG',
    cause: "the kernel's verifier refuses a program",
    fix: 'a later kernel may accept it; report what it said',
  },
];

const unknown: Cause = { cause: 'the kernel refuses it', fix: 'report what it said' };

export function causeOf(error: unknown): Cause {
  const { cause, fix } = known.find(({ is }) => is(error as KernelError)) ?? unknown;
  return { cause, fix };
}

/** The error and the last words of libbpf or the verifier that say more than that it failed. */
export function detailOf(error: unknown): string {
  const { message, detail } = error as KernelError;
  const lines = detail
    ?.split('\n')
    .filter((line) => line.trim() !== '' && !/^processed |failed to load object/.test(line));
  const last = lines?.at(-1)?.trim();
  return last === undefined ? message : `${message} (${last})`;
}

function isDenied({ code }: KernelError): boolean {
  return code === 'EPERM' || code === 'EACCES';
}
