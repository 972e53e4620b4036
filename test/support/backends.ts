import type { Backend } from '../../src/kernel/capture.ts';

export type { Backend };

/** Every way of capturing that the suites run through on this machine. The others need kernels with fentry or kprobes: see test/vm. */
export const backends = ['cgroup_skb'] as const satisfies readonly Backend[];
