import type { Finding, Found } from './finding.ts';
import type { Host } from './host.ts';

/** One subject that is looked at: a file of its own and a line in `list.ts`. */
export interface Check {
  readonly name: string;
  look(host: Host): Found;
}

/** A check that fails is a finding, too. */
export function run(check: Check, host: Host): Finding {
  try {
    return { check: check.name, ...check.look(host) };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { check: check.name, level: 'degraded', says: `could not be looked at: ${why}` };
  }
}
