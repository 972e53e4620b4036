// Runs in a guest: loads every object of the agent and prints a line of JSON about each program, or about the refusal.
import { type BpfMap, type BpfObject, builtFile, loadAddon } from '../../../src/kernel/addon.ts';
import { backends, seesPackets } from '../../../src/kernel/capture.ts';
import { detailOf } from '../../../src/kernel/refusal.ts';
import { sharedMaps } from '../../../src/kernel/shared-maps.ts';
import { traceConstants } from '../../../src/kernel/trace-settings.ts';
import type { Verdict } from '../verdict.ts';

/** log_level BPF_LOG_STATS: the verifier says how much it looked at, also of programs that it takes. */
const statistics = 4;

const addon = loadAddon();
const traced = traceConstants({ relatesHost: true, usesOptions: true, writesHeaders: true, ratio: 1 });

function tell(verdict: Verdict): void {
  console.log(JSON.stringify(verdict));
}

/** As libbpf writes it: the name of the program, then what the verifier said. */
const told = /prog '([^']+)': *(?:\n.*)??-- BEGIN PROG LOAD LOG --([\s\S]*?)-- END PROG LOAD LOG --/g;

/** What the log says of each program, in the words of kernel/bpf/verifier.c (print_verification_stats). */
function statisticsOf(log: string): Map<string, { instructions: number; stack: string }> {
  const found = new Map<string, { instructions: number; stack: string }>();
  for (const [, name = '', part = ''] of log.matchAll(told)) {
    const instructions = Number(/^processed (\d+) insns/m.exec(part)?.[1]);
    found.set(name, { instructions, stack: /^stack depth (\S+)/m.exec(part)?.[1] ?? '' });
  }
  return found;
}

function look(name: string, file: string, options: Parameters<typeof addon.openObject>[1]): BpfObject {
  const object = addon.openObject(builtFile(`bpf/${file}.bpf.o`), { ...options, logLevel: statistics });
  try {
    object.load();
    const figures = statisticsOf(object.log);
    for (const program of object.programs()) {
      const { instructions = Number.NaN, stack = '' } = figures.get(program) ?? {};
      tell({ object: name, program, instructions, stack });
    }
  } catch (error) {
    tell({ object: name, refused: detailOf(error) });
  }
  return object;
}

const processes = look('process', 'process', {});
const reuse: Readonly<Record<string, BpfMap>> = sharedMaps(processes);
for (const backend of backends) {
  look(`http_${backend}`, `http_${backend}`, { reuse }).close();
  if (seesPackets(backend)) continue;
  look(`http_${backend}, traces`, `http_${backend}`, { reuse, constants: traced }).close();
}
look('http_syscalls_btf', 'http_syscalls_btf', { reuse }).close();
look('http_syscalls_btf, traces', 'http_syscalls_btf', { reuse, constants: traced }).close();
for (const name of ['tls_multi', 'tls_entered']) look(`${name}, traces`, name, { constants: traced }).close();
for (const name of ['mapped_fentry', 'mapped_kprobe']) look(name, name, { constants: traced }).close();
const others = ['tls_multi', 'tls_entered', 'go_multi', 'go_entered', 'probe_entry'];
for (const name of ['context_tcp', 'context_headers', ...others, 'turn_reads', 'active']) look(name, name, {}).close();
processes.close();
