import { availableParallelism } from 'node:os';
import type { Backend } from '../../src/kernel/capture.ts';
import type { Figure } from './figure.ts';

export interface Settings {
  /** Bare and with the agent, one after the other, this often. */
  readonly pairs: number;
  /** Of load a measurement. */
  readonly seconds: number;
  readonly backend: Backend | undefined;
  /** Of guests: a series of scripts/vm/kernels.txt. */
  readonly kernel: string;
  /** Told on standard error, so that the figures stand alone on standard output. */
  readonly progress: (text: string) => void;
}

export interface Benchmark {
  readonly name: string;
  readonly about: string;
  /** Needs more than the others, and runs only when it is named. */
  readonly isOnDemand?: true;
  run(settings: Settings): Promise<Figure[]>;
}

/** Who runs where: what is measured shares its CPU with nothing else that is ours. */
export function placement(): { readonly server: string; readonly others: string } {
  const cpus = availableParallelism();
  return { server: '0', others: cpus < 2 ? '0' : `1-${cpus - 1}` };
}

export function seconds(count: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, count * 1000));
}
