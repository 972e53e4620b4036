import type { Selected } from './discover/selected.ts';
import { type NamedSampler, rootRatio, samplerNamed } from './export/trace-sampler.ts';
import type { TracePolicies } from './kernel/trace-settings.ts';
import type { Language } from './span/service.ts';

/**
 * Servers in these languages answer a request on the thread that has read it, or have a single thread. In others a thread
 * may go on with any request.
 */
const staysOnThread: ReadonlySet<Language> = new Set<Language>(['python', 'ruby', 'php']);

/** Tells the kernel programs how traces begin in each process, and where they go on. */
export class ProcessTraces {
  readonly #policies: TracePolicies;
  readonly #selected = new Map<number, Selected>();
  #sampler: NamedSampler;

  constructor(policies: TracePolicies, sampler: NamedSampler) {
    this.#policies = policies;
    this.#sampler = sampler;
  }

  add(selected: Selected): void {
    this.#selected.set(selected.process.hostPid, selected);
    this.#tell(selected);
  }

  remove({ process }: Selected): void {
    this.#selected.delete(process.hostPid);
    this.#policies.delete(process.hostPid);
  }

  reconfigure(sampler: NamedSampler): void {
    this.#sampler = sampler;
    for (const selected of this.#selected.values()) this.#tell(selected);
  }

  #tell({ process, service: { sampler, language } }: Selected): void {
    const ratio = rootRatio(sampler === undefined ? this.#sampler : samplerNamed(sampler));
    this.#policies.set(process.hostPid, {
      ratio,
      staysOnThread: staysOnThread.has(language),
      hasTurns: language === 'nodejs',
    });
  }
}
