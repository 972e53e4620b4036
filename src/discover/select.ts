import { formatPorts, hasPort } from '../lib/ports.ts';
import type { Language } from '../span/service.ts';
import type { Process } from './process.ts';
import type { Criteria, Rule, RuleSet } from './rules.ts';

/** What selection wants to know beyond the process itself. */
export interface Surroundings {
  /** The agent and what it starts is never selected. */
  isOwn(process: Process): boolean;
  /** Network namespace of the agent. */
  readonly netNamespace: number;
  /** The agent's pids are those of the host, not of a namespace. */
  readonly seesHostPids: boolean;
  /** Undefined while it is not known yet. */
  language(process: Process): Language | undefined;
  metadata(process: Process): Metadata;
}

/** By key of the configuration (`container_name`, `k8s_pod_labels.app`); a key may have several values. */
export type Metadata = Readonly<Record<string, readonly string[]>>;

export type Verdict =
  | { readonly is: 'selected'; readonly rules: readonly Rule[]; readonly reason: string }
  | {
      readonly is: 'ignored';
      readonly reason: string;
      /** The selected port is served by what this process starts. */
      readonly holdsPort?: true;
      /** A rule failed by the language alone: it is not known yet, or may still become another in a young process. */
      readonly language?: 'unknown' | 'other';
    };

/** Selected together with the process it descends from. */
export interface Inheritance {
  readonly from: number;
  readonly rules: readonly Rule[];
}

/** Listen on behalf of others: the process behind them serves the port. */
const forwarders = new Set([
  'docker-proxy',
  'rootlesskit',
  'rootlessport',
  'systemd',
  'systemd-executor',
  'systemd-socket-activate',
]);

export function judge(rules: RuleSet, process: Process, around: Surroundings, inheritance?: Inheritance): Verdict {
  const matching: Rule[] = [];
  const misses: string[] = [];
  let language: Miss['language'];
  for (const rule of rules.include) {
    const miss = firstMiss(rule.criteria, process, around, rules);
    if (miss === undefined) matching.push(rule);
    else misses.push(`${rule.origin}: ${miss.text}`);
    if (miss?.language !== undefined && language !== 'unknown') language = miss.language;
  }
  if (matching.length === 0 && inheritance === undefined) {
    const reason = misses.length === 0 ? 'nothing is selected' : misses.join('; ');
    return { ...ignored(reason), ...(language !== undefined && { language }) };
  }
  // Asked last: hardly any process gets here, and it means walking up to the first one.
  if (around.isOwn(process)) return ignored('it is the agent, or was started by it');
  const excluding = rules.exclude.find((rule) => firstMiss(rule.criteria, process, around, rules) === undefined);
  if (excluding !== undefined) return ignored(`${excluding.origin} excludes it`);
  if (forwarders.has(process.exeName) && matching.every((rule) => isPortOnly(rule.criteria))) {
    return { ...ignored(`${process.exeName} holds the port for ${whomFor(process)}`), holdsPort: true };
  }
  const reasons = matching.map((rule) => rule.origin);
  if (inheritance === undefined) return { is: 'selected', rules: matching, reason: reasons.join(', ') };
  const inherited = inheritance.rules.filter((rule) => !matching.includes(rule));
  const reason = [...reasons, `child of ${inheritance.from}`].join(', ');
  return { is: 'selected', rules: [...inherited, ...matching], reason };
}

function ignored(reason: string): { is: 'ignored'; reason: string } {
  return { is: 'ignored', reason };
}

/** docker-proxy was told on its command line. */
function whomFor({ command }: Process): string {
  const [address, port] = ['-container-ip', '-container-port'].map((flag) => command[command.indexOf(flag) + 1]);
  return command.includes('-container-port') ? `what serves ${address}:${port}: select that port` : 'another process';
}

function isPortOnly(criteria: Criteria): boolean {
  return Object.keys(criteria).every((key) => key === 'openPorts' || key === 'containersOnly');
}

interface Miss {
  readonly text: string;
  readonly language?: 'unknown' | 'other';
}

/** The first criterion that does not match, in words: cheap ones are asked before those that read files. */
function firstMiss(criteria: Criteria, process: Process, around: Surroundings, rules: RuleSet): Miss | undefined {
  const text =
    pidMiss(criteria, process) ??
    exeMiss(criteria, process) ??
    argsMiss(criteria, process) ??
    containerMiss(criteria, process, around) ??
    portMiss(criteria, process) ??
    metadataMiss(criteria, process, around);
  return text === undefined ? languageMiss(criteria, process, around, rules) : { text };
}

function pidMiss({ targetPids }: Criteria, { pid }: Process): string | undefined {
  return targetPids === undefined || hasPort(targetPids, pid) ? undefined : `target_pids lacks ${pid}`;
}

function exeMiss({ exePath }: Criteria, { exe }: Process): string | undefined {
  return exePath === undefined || exePath.matches(exe) ? undefined : `exe_path ${exePath.text} is not ${exe}`;
}

function argsMiss({ cmdArgs }: Criteria, process: Process): string | undefined {
  if (cmdArgs === undefined) return undefined;
  const args = process.command.slice(1).join(' ');
  return cmdArgs.matches(args) ? undefined : `cmd_args ${cmdArgs.text} is not ${JSON.stringify(args)}`;
}

function containerMiss(criteria: Criteria, process: Process, around: Surroundings): string | undefined {
  if (criteria.containersOnly !== true) return undefined;
  if (Object.keys(criteria).length === 1) return 'containers_only needs another criterion beside it';
  const isShared = around.seesHostPids && process.netNamespace === around.netNamespace;
  return isShared ? "containers_only: it shares the agent's network" : undefined;
}

function portMiss({ openPorts }: Criteria, process: Process): string | undefined {
  if (openPorts === undefined) return undefined;
  const isOpen = (port: number) => hasPort(openPorts, port);
  // What an event told is known already, the rest has to be looked up in the process's files.
  if ([...process.heardPorts].some(isOpen) || [...process.ports].some(isOpen)) return undefined;
  const ports = [...process.ports].join(',');
  return `open_ports ${formatPorts(openPorts)} ${ports === '' ? 'but it listens on none' : `has none of ${ports}`}`;
}

function metadataMiss(criteria: Criteria, process: Process, around: Surroundings): string | undefined {
  if (criteria.metadata === undefined) return undefined;
  const metadata = around.metadata(process);
  for (const [key, pattern] of Object.entries(criteria.metadata)) {
    const values = metadata[key] ?? [];
    if (!values.some((value) => pattern.matches(value))) {
      return `${key} ${pattern.text} ${values.length === 0 ? 'but it is not known' : `is not ${values.join(' or ')}`}`;
    }
  }
  return undefined;
}

function languageMiss(
  { languages }: Criteria,
  process: Process,
  around: Surroundings,
  { systemPaths }: RuleSet,
): Miss | undefined {
  if (languages === undefined) return undefined;
  const language = systemPaths.some((path) => process.exe.startsWith(path)) ? 'generic' : around.language(process);
  if (language === undefined) return { text: 'its language is not known yet', language: 'unknown' };
  if (languages.matches(language)) return undefined;
  return { text: `languages ${languages.text} is not ${language}`, language: 'other' };
}
