import { type Loss, meaningOf } from '../telemetry/losses.ts';
import type { AgentState } from './agent-state.ts';
import type { Answer, Asked } from './ask.ts';
import type { Finding } from './finding.ts';
import { governedFindings } from './governed.ts';
import { howToSeeTls } from './tls.ts';

/** Losses that ordinary traffic brings about, or that were made good. */
const harmless = new Set(['truncated_head', 'unpaired', 'framing', 'process_event']);
const enough = 0.99;

/** Which agents there are, and what each of them has missed. */
export function agentFindings({ answers, refused }: Asked): readonly Finding[] {
  if (refused !== undefined) {
    const says = `cannot be asked (${refused}): what follows tells nothing of an agent that may be running`;
    return [{ check: 'agent', level: 'note', says, fix: 'run beyla doctor as root' }];
  }
  if (answers.length === 0) {
    return [{ check: 'agent', level: 'ok', says: 'none is running: what follows is what one would find' }];
  }
  return answers.flatMap(findingsOf);
}

function findingsOf(answer: Answer): readonly Finding[] {
  const check = 'agent';
  if (answer.is === 'dead') {
    const says = `${answer.path} is left from an agent that was killed`;
    return [{ check, level: 'note', says, fix: `none: the next agent removes it (or rm ${answer.path})` }];
  }
  if (answer.is === 'silent') {
    const fix = 'look at its log; if it hangs, restart it';
    return [{ check, level: 'degraded', says: `${answer.path} does not answer: ${answer.why}`, fix }];
  }
  const { state } = answer;
  const since = new Date(state.startedMs).toISOString().replace(/\.\d+Z/, 'Z');
  const says = `pid ${state.pid}, version ${state.version}, capturing by ${state.capture.backend} since ${since}`;
  const of = `agent ${state.pid}`;
  return [
    { check, level: 'ok', says },
    ...propagation(of, state),
    ...unseen(of, state),
    ...coverage(of, state),
    ...losses(of, state),
    ...governedFindings(of, state),
  ];
}

/** What became of each way to hand traces on that was asked for. */
function propagation(check: string, state: AgentState): readonly Finding[] {
  return (state.propagation ?? []).map(({ name, isUsed, says, fix }) => ({
    check,
    level: isUsed ? (fix === undefined ? 'ok' : 'note') : 'degraded',
    says: `context propagation by ${name} is ${isUsed ? 'on' : 'off'}: ${says}`,
    ...(fix !== undefined && { fix }),
  }));
}

/** Connections of selected processes whose requests are not told, and why. */
function unseen(check: string, { counts, capture }: AgentState): readonly Finding[] {
  const tls = (counts['conn_tls'] ?? 0) - (counts['tls_seen'] ?? 0);
  const rings = counts['io_uring'] ?? 0;
  const found: Finding[] = [];
  if (tls > 0) {
    const says = `${tls} connections were encrypted, and what they carried unseen: the rows of processes say whose`;
    found.push({ check, level: 'degraded', says, fix: howToSeeTls });
  }
  if (rings > 0 && capture.backend === 'syscalls') {
    const says = `${rings} times a captured process set up io_uring, which the backend syscalls does not see`;
    found.push({ check, level: 'degraded', says, fix: 'see the row capture: another backend sees it' });
  }
  return found;
}

function coverage(check: string, state: AgentState): readonly Finding[] {
  if (state.coverage === undefined) return [{ check, level: 'ok', says: 'no traffic of selected processes yet' }];
  const says = `${(100 * state.coverage).toFixed(2)} % of the bytes of captured connections were seen`;
  const fix = 'the losses below say what was in the way; those before the agent started are counted too';
  return [state.coverage >= enough ? { check, level: 'ok', says } : { check, level: 'degraded', says, fix }];
}

function losses(check: string, state: AgentState): readonly Finding[] {
  const real = state.losses.filter(({ count }) => count > 0);
  if (real.length === 0) return [{ check, level: 'ok', says: 'nothing was lost' }];
  return real.map((loss) => lossFinding(check, loss));
}

function lossFinding(check: string, loss: Loss): Finding {
  const { what, fix } = meaningOf(loss);
  const says = `${loss.count} lost by the ${loss.part} part (${loss.reason}): ${what}`;
  return { check, level: harmless.has(loss.reason) ? 'note' : 'degraded', says, fix };
}
