import type { DiscoveryConfig } from '../config/sections/discovery.ts';
import type { SelectionConfig } from '../config/sections/selection.ts';
import type { RegexpSelector, Selector } from '../config/sections/selectors.ts';
import type { PortSet } from '../lib/ports.ts';

/** A glob or a regular expression. */
export interface Pattern {
  readonly text: string;
  matches(value: string): boolean;
}

/** What is looked at; all that are given have to match. */
export interface Criteria {
  readonly openPorts?: PortSet;
  readonly exePath?: Pattern;
  readonly cmdArgs?: Pattern;
  readonly languages?: Pattern;
  readonly targetPids?: PortSet;
  readonly containersOnly?: true;
  /** By key of the configuration: k8s_namespace, container_name, `k8s_pod_labels.app` … */
  readonly metadata?: Readonly<Record<string, Pattern>>;
}

/** What a matching process gets. */
export interface Overrides {
  readonly name?: string;
  readonly namespace?: string;
  readonly exports?: readonly string[];
  readonly sampler?: { readonly name: string; readonly arg: string };
  readonly routes?: { readonly incoming: readonly string[]; readonly outgoing: readonly string[] };
  readonly features?: readonly string[];
}

export interface Rule {
  /** Where it stands in the configuration: `discovery.instrument[0]`. */
  readonly origin: string;
  readonly criteria: Criteria;
  readonly overrides: Overrides;
}

export interface RuleSet {
  readonly include: readonly Rule[];
  readonly exclude: readonly Rule[];
  /** Executables under these are not opened to find out their language before they are selected. */
  readonly systemPaths: readonly string[];
}

/**
 * Which lists count and how the top-level selectors join them: the first row that applies. What is left aside by it is
 * told of when the configuration is loaded.
 */
export function rulesOf(selection: SelectionConfig, discovery: DiscoveryConfig): RuleSet {
  const { services, instrument } = discovery;
  const globExclusions = [
    ...listed(discovery, 'exclude_instrument'),
    ...listed(discovery, 'default_exclude_instrument'),
  ];
  const common = { systemPaths: discovery.excluded_linux_system_paths };
  if (selection.target_pids !== undefined) {
    const rule = topLevel('target_pids', { targetPids: selection.target_pids }, selection);
    return { ...common, include: [rule], exclude: globExclusions };
  }
  const hasRegexps = services.length > 0 || discovery.exclude_services.length > 0;
  if (hasRegexps && instrument.length === 0 && discovery.exclude_instrument.length === 0) {
    return {
      ...common,
      include: [...listed(discovery, 'services'), ...byExecutableName(selection)],
      exclude: [...listed(discovery, 'exclude_services'), ...listed(discovery, 'default_exclude_services')],
    };
  }
  const auto = byAutoTarget(selection, instrument.length > 0);
  if (instrument.length === 0 && auto.length === 0) {
    return { ...common, include: byExecutableName(selection), exclude: globExclusions };
  }
  return { ...common, include: [...listed(discovery, 'instrument'), ...auto], exclude: globExclusions };
}

/** What is only listed. */
export function surveyRulesOf(discovery: DiscoveryConfig): RuleSet {
  return {
    include: listed(discovery, 'survey'),
    exclude: [...listed(discovery, 'exclude_instrument'), ...listed(discovery, 'default_exclude_instrument')],
    systemPaths: discovery.excluded_linux_system_paths,
  };
}

/** Those of `rules` that another set holds too, wherever they stand in it. */
export function survivors(rules: readonly Rule[], others: RuleSet): Rule[] {
  const textOf = ({ criteria }: Rule) => JSON.stringify(criteria);
  const wanted = new Set(rules.map(textOf));
  return others.include.filter((rule) => wanted.has(textOf(rule)));
}

function byExecutableName(selection: SelectionConfig): Rule[] {
  const { executable_name: exePath, open_port: openPorts } = selection;
  if (exePath === undefined && openPorts === undefined) return [];
  const origin = [exePath && 'executable_name', openPorts && 'open_port'].filter(Boolean).join(' and ');
  return [topLevel(origin, defined({ exePath, openPorts }), selection)];
}

/** `open_port` alone makes an entry only beside a list; without one it goes with `executable_name`. */
function byAutoTarget(selection: SelectionConfig, besideList: boolean): Rule[] {
  const { auto_target_exe: exePath, auto_target_language: languages, open_port: openPorts } = selection;
  if (exePath === undefined && languages === undefined && !(besideList && openPorts !== undefined)) return [];
  const origins = [exePath && 'auto_target_exe', languages && 'auto_target_language', openPorts && 'open_port'];
  return [topLevel(origins.filter(Boolean).join(' and '), defined({ exePath, languages, openPorts }), selection)];
}

function topLevel(origin: string, criteria: Criteria, selection: SelectionConfig): Rule {
  return { origin, criteria, overrides: named(selection.service_name, selection.service_namespace) };
}

type ListName =
  | 'survey'
  | 'instrument'
  | 'services'
  | `${'' | 'default_'}exclude_instrument`
  | `${'' | 'default_'}exclude_services`;

function listed(discovery: DiscoveryConfig, list: ListName): Rule[] {
  return discovery[list].map((entry, i) => ruleOf(`discovery.${list}[${i}]`, entry));
}

/** One entry of a list of selectors. */
export function ruleOf(origin: string, entry: Selector | RegexpSelector): Rule {
  const { exports, sampler, routes, metrics } = entry;
  return {
    origin,
    criteria: defined({
      openPorts: entry.open_ports,
      exePath: entry.exe_path ?? ('exe_path_regexp' in entry ? entry.exe_path_regexp : undefined),
      cmdArgs: entry.cmd_args,
      languages: entry.languages,
      targetPids: entry.target_pids?.map((pid) => ({ from: pid, to: pid })),
      containersOnly: entry.containers_only ? (true as const) : undefined,
      metadata: metadataOf(entry),
    }),
    overrides: {
      ...named(entry.name, entry.namespace),
      ...defined({
        exports,
        sampler: sampler.name === '' ? undefined : sampler,
        routes: routes.incoming.length + routes.outgoing.length === 0 ? undefined : routes,
        features: metrics.features,
      }),
    },
  };
}

function named(name: string, namespace: string): Overrides {
  return defined({ name: name === '' ? undefined : name, namespace: namespace === '' ? undefined : namespace });
}

function metadataOf(entry: Selector | RegexpSelector): Record<string, Pattern> | undefined {
  const found: Record<string, Pattern> = {};
  for (const [key, value] of Object.entries(entry)) {
    if (!/^(k8s_|container_name$)/.test(key) || value === undefined) continue;
    if (isPattern(value)) found[key] = value;
    else
      for (const [name, pattern] of Object.entries(value as Record<string, Pattern>)) found[`${key}.${name}`] = pattern;
  }
  return Object.keys(found).length === 0 ? undefined : found;
}

function isPattern(value: unknown): value is Pattern {
  return typeof (value as Partial<Pattern>).matches === 'function';
}

/** Without the members that are undefined. */
function defined<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}
