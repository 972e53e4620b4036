import { existsSync } from 'node:fs';
import { type Addon, type BpfMap, type BpfObject, builtFile } from './addon.ts';
import { type Backend, backends, seesPackets } from './capture.ts';
import { wholeCgroup } from './cgroup-root.ts';
import { type Cause, causeOf, detailOf } from './refusal.ts';
import { sharedMaps } from './shared-maps.ts';

/** What became of an object that was loaded and closed again, with nothing attached. */
export type Trial = { readonly name: string } & (
  | { readonly is: 'taken' }
  | ({ readonly is: 'refused'; readonly detail: string } & Cause)
);

/** What loading alone does not show: where the hooks of a backend are to be found. */
const hooks: Partial<Record<Backend, { readonly anyOf: readonly string[] } & Cause>> = {
  syscalls: {
    anyOf: ['/sys/kernel/tracing/events/syscalls', '/sys/kernel/debug/tracing/events/syscalls'],
    cause: 'tracefs is not mounted or cannot be read, or the kernel has no tracepoints of system calls',
    fix: 'as root: mount -t tracefs none /sys/kernel/tracing',
  },
  kprobe: {
    anyOf: ['/sys/bus/event_source/devices/kprobe/type', '/sys/kernel/tracing/kprobe_events'],
    cause: 'the kernel has no kprobes',
    fix: 'a kernel with CONFIG_KPROBES=y and CONFIG_KPROBE_EVENTS=y would allow it',
  },
};

/** Loads every object that the agent might use: `process` first, which it cannot do without, then the backends in order. */
export function tryObjects(addon: Addon): Trial[] {
  const opened: BpfObject[] = [];
  const attempt = (name: string, file: string, reuse: Readonly<Record<string, BpfMap>>): Trial => {
    try {
      const object = addon.openObject(builtFile(`bpf/${file}.bpf.o`), { reuse });
      opened.push(object);
      object.load();
      return { name, is: 'taken' };
    } catch (error) {
      return { name, is: 'refused', detail: detailOf(error), ...causeOf(error) };
    }
  };
  try {
    const first = attempt('process', 'process', {});
    const [process] = opened;
    const shared = first.is === 'taken' && process !== undefined ? sharedMaps(process) : {};
    return [first, ...backends.map((name) => hooked(name, attempt(name, `http_${name}`, shared)))];
  } finally {
    for (const object of opened.reverse()) object.close();
  }
}

function hooked(name: Backend, trial: Trial): Trial {
  if (trial.is === 'refused') return trial;
  if (seesPackets(name)) return grouped(trial);
  const hook = hooks[name];
  if (hook === undefined || hook.anyOf.some((path) => existsSync(path))) return trial;
  const { cause, fix, anyOf } = hook;
  return { name, is: 'refused', cause, fix, detail: `none of ${anyOf.join(', ')}` };
}

/** Packets are seen of the processes below a control group. */
function grouped(trial: Trial): Trial {
  try {
    wholeCgroup('/proc');
    return trial;
  } catch (error) {
    return { name: trial.name, is: 'refused', detail: detailOf(error), ...causeOf(error) };
  }
}
