import { wantedKernels } from '../../scripts/vm/guest.ts';

/** Of the kernels the outermost, and of the backends the one that the agent takes there and the one that is there on any kernel. */
export const isShort = process.env['VM_SUITE'] === 'short';
export const wanted = wantedKernels(isShort);
