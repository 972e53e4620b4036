import type { Prober } from './attach/prober.ts';
import type { Config } from './config/schema.ts';
import type { Discovery } from './discover/discovery.ts';
import { Governor } from './governor/governor.ts';
import { ProbeCost, type ProbeCostOptions } from './governor/probe-cost.ts';

interface Governed extends ProbeCostOptions {
  readonly showsSpans: boolean;
  readonly prober: Prober;
  readonly discovery: Discovery;
}

/** Holds services to their budget; undefined when none has one. */
export function governorOf({ governor: settings }: Config, governed: Governed): Governor | undefined {
  if (!settings.enabled) return undefined;
  const { cpu_budget: budget, patience: patienceMs, interval: intervalMs } = settings;
  const { showsSpans, prober, discovery, addon, objects } = governed;
  return new Governor({
    ...{ budget, patienceMs, intervalMs, showsSpans },
    probes: new ProbeCost({ addon, objects }),
    capture: (service, how) => {
      // Before they are looked into again: what was known of their connections is old.
      prober.probe(service, how === 'all');
      discovery.capture(service, how);
    },
    hasProbes: (service) => prober.isProbed(service),
  });
}
