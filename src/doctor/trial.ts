import type { Addon } from '../kernel/addon.ts';
import type { Trial } from '../kernel/trial.ts';
import type { Attempt, CaptureFacts } from './capture-facts.ts';

/** The means of the kernel folder, handed in by who joins the parts. */
export interface KernelAccess {
  loadAddon(): Addon;
  tryObjects(addon: Addon): readonly Trial[];
}

/** Which backend an agent would take if it started now. `undefined`: not even the addon can be loaded. */
export function tryCapture(kernel: KernelAccess, wanted: string): CaptureFacts | undefined {
  let trials: readonly Trial[];
  try {
    trials = kernel.tryObjects(kernel.loadAddon());
  } catch {
    return undefined;
  }
  const [process, ...backends] = trials.map(attemptOf);
  const isPossible = process?.is === 'taken';
  const usable = backends.find(({ name, is }) => is === 'taken' && (wanted === 'auto' || wanted === name));
  return {
    from: 'a trial',
    wanted,
    backend: isPossible ? usable?.name : undefined,
    // Without the programs that tell of processes no backend is of use.
    attempts: isPossible || process === undefined ? backends : [process, ...backends],
  };
}

function attemptOf(trial: Trial): Attempt {
  if (trial.is === 'taken') return { name: trial.name, is: 'taken' };
  const { name, cause, fix, detail } = trial;
  return { name, is: 'refused', cause, fix, detail };
}
