import type { Backend } from '../../src/kernel/capture.ts';

export type { Backend };

/**
 * Every way of capturing what processes do that the suites run through on this machine. The others need kernels with fentry or kprobes: see
 * test/vm.
 */
export const backends = ['tp_btf', 'syscalls'] as const satisfies readonly Backend[];

/** The one that sees packets. */
export const packetBackends = ['cgroup_skb'] as const satisfies readonly Backend[];

/** All of these: for what looks the same on the wire. */
export const allBackends = [...backends, ...packetBackends] as const;
