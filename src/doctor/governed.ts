import type { GovernedState } from '../telemetry/governed.ts';
import type { AgentState } from './agent-state.ts';
import type { Finding } from './finding.ts';

/** Whether services cost more than they may, and what is left out for that. */
export function governedFindings(check: string, { governor }: AgentState): readonly Finding[] {
  if (governor === undefined) {
    const fix = 'none, unless a busy service suffers: then set governor.enabled';
    return [{ check, level: 'note', says: 'the governor is switched off: no service has a budget', fix }];
  }
  const burdened = governor.filter(({ told }) => told !== 'everything');
  if (burdened.length > 0) return burdened.map((one) => burdenedFinding(check, one));
  const dearest = governor.reduce((most, { cpu }) => Math.max(most, cpu), 0);
  const says = `everything is told of every service; the dearest costs ${percent(dearest)} of a CPU`;
  return [{ check, level: 'ok', says }];
}

/** What a service lacks when it is more than spans. */
const lost: Readonly<Record<string, string>> = {
  'no probes': 'nothing is seen inside its TLS, and no spans are told',
  nothing: 'it is not captured at all',
};

function burdenedFinding(check: string, { service, namespace, told, cpu, budget }: GovernedState): Finding {
  const name = namespace === '' ? service : `${namespace}/${service}`;
  const lacks = lost[told] ?? `metrics are whole, but ${told} are told`;
  const says = `${name} cost more than its budget of ${percent(budget)} of a CPU (now ${percent(cpu)}): ${lacks}`;
  return { check, level: 'degraded', says, fix: 'raise governor.cpu_budget, or select fewer processes of the service' };
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
