import { btf } from './btf.ts';
import { capabilities } from './capabilities.ts';
import { capture } from './capture.ts';
import type { Check } from './check.ts';
import { architecture, kernel } from './kernel.ts';
import { lockdown } from './lockdown.ts';
import { memory } from './memory.ts';
import { bpffs, cgroup, tracefs } from './mounts.ts';
import { pidNamespace } from './namespace.ts';
import { perfEvents } from './perf-events.ts';

/** What is looked at on every host, in the order in which it is told. */
export const checks: readonly Check[] = [
  kernel,
  architecture,
  btf,
  lockdown,
  capabilities,
  perfEvents,
  tracefs,
  bpffs,
  cgroup,
  pidNamespace,
  memory,
  capture,
];
