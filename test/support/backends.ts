/** Every way of capturing that the suites run through. The others need kernels with fentry or kprobes. */
export const backends = ['tp_btf', 'syscalls'] as const;
export type Backend = (typeof backends)[number];
