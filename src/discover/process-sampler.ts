import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Part } from '../pipeline/part.ts';
import type { NetworkTotals, ProcessSample } from '../span/process-sample.ts';
import type { Service } from '../span/service.ts';
import { Owners } from './owners.ts';
import type { ProcFs } from './proc-fs.ts';
import { kernelUnits, readDisk, readNetwork, readUsage } from './process-usage.ts';
import type { Selected } from './selected.ts';

export interface SamplerOptions {
  readonly proc: ProcFs;
  readonly intervalMs: number;
  /** Also what only root may read of others. */
  readonly isPrivileged: boolean;
  readonly selected: () => readonly Selected[];
  readonly wants: (service: Service) => boolean;
  readonly onSample: (sample: ProcessSample) => void;
}

/** Between so many processes the event loop has its turn: a host may run thousands. */
const processesATurn = 16;

/** Measures the instrumented processes in intervals. */
export class ProcessSampler implements Part {
  readonly name = 'process sampler';
  readonly #options: SamplerOptions;
  readonly #units = kernelUnits();
  readonly #owners: Owners;
  #timer: NodeJS.Timeout | undefined;
  #isBusy = false;

  constructor(options: SamplerOptions) {
    this.#options = options;
    this.#owners = new Owners(options.proc.root);
  }

  async start(): Promise<void> {
    await this.sample();
    this.#timer = setInterval(() => void this.sample(), this.#options.intervalMs);
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /** A round that takes longer than the interval is not joined by a second one. */
  async sample(): Promise<void> {
    if (this.#isBusy) return;
    this.#isBusy = true;
    const { selected, wants, onSample } = this.#options;
    const networks = new Map<number, NetworkTotals | undefined>();
    let done = 0;
    for (const one of selected().filter(({ service }) => wants(service))) {
      const sample = this.#read(one, networks);
      if (sample !== undefined) onSample(sample);
      if (++done % processesATurn === 0) await nextTurn();
    }
    this.#isBusy = false;
  }

  #read({ process, service }: Selected, networks: Map<number, NetworkTotals | undefined>): ProcessSample | undefined {
    const { proc, isPrivileged } = this.#options;
    const { pid, netNamespace } = process;
    const usage = readUsage(proc, pid, this.#units);
    if (usage === undefined) return undefined;
    // processes of one host mostly share the network: it is read once a round
    const network = netNamespace || -pid;
    if (!networks.has(network)) networks.set(network, readNetwork(proc, pid));
    return {
      ...usage,
      service,
      pid,
      words: process.command,
      executable: process.exe,
      owner: this.#owners.of(pid),
      atMs: Date.now(),
      disk: isPrivileged ? readDisk(proc, pid) : undefined,
      network: networks.get(network),
    };
  }
}
