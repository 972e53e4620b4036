import convict from 'convict';
import { applyBlogCommand } from './blog.ts';
import { readEnvLayer } from './env-layer.ts';
import { Environment } from './env-names.ts';
import { readFileLayer } from './file-layer.ts';
import { parseFlags } from './flags.ts';
import { type Layers, mergeLayers } from './merge.ts';
import { normalise } from './normalise.ts';
import { oddities } from './oddities.ts';
import { readOldKeys, readOldVariables } from './old-layer.ts';
import { parseSetting, silent } from './parse-setting.ts';
import { ConfigError, type Note, type Problem } from './problem.ts';
import { classify, type Report } from './report.ts';
import { refusals } from './rules.ts';
import { type Config, removable, schema } from './schema.ts';
import { settings } from './settings.ts';
import { configPath, readRoot, type Sources } from './sources.ts';
import { isSetting, type Setting, type Tree } from './tree.ts';
import { unknownVariables } from './unknown-variables.ts';
import { type Given, type Layer, whereOf } from './written.ts';

export interface Loaded {
  readonly config: Config;
  readonly report: Report;
}

/** @throws ConfigError with everything that is wrong */
export function loadConfig(from: Omit<Sources, 'path'> & { readonly argv: readonly string[] }): Loaded {
  const command = parseFlags(from.argv);
  const path = configPath('configPath' in command ? command.configPath : '', from.env);
  const { config, report } = readConfig({ ...from, path });
  if (config === undefined) throw new ConfigError(report.problems);
  return { config, report };
}

/** Reads a configuration without giving up: it is undefined when the report has problems. */
export function readConfig(sources: Sources): { readonly config: Config | undefined; readonly report: Report } {
  const environment = new Environment(sources.env);
  const { layers, lines, nulls, ...found } = gather(sources, environment);
  const checked = checkLayers(layers, lines);
  const problems = [...found.problems, ...checked.problems];
  const effective = mergeLayers(layers);
  const blog = applyBlogCommand(effective, sources.path !== '', environment);
  const classified = classify(effective, (path) => lines.get(path));
  const warnings = [...found.warnings, ...checked.warnings, ...normalise(effective), ...blog];
  const config = problems.length === 0 ? build(effective, nulls) : undefined;
  if (config !== undefined) {
    const placed = <T extends { key: string }>(each: T) => ({ ...each, where: whereIs(each.key, effective, lines) });
    warnings.push(...oddities(config).map(placed));
    problems.push(...refusals(config).map(placed));
    if (config.strict) problems.push(...strictProblems(found.unknown, classified.withoutEffect));
  }
  const report: Report = {
    ...classified,
    file: sources.path === '' ? undefined : sources.path,
    problems,
    deprecated: [...found.deprecated, ...classified.deprecated],
    unknown: found.unknown,
    warnings,
    removed: removable.filter((section) => nulls.has(section)),
    effective,
  };
  return { config: problems.length === 0 ? config : undefined, report };
}

/** Reads all four sources, and notes what is strange about their names. */
function gather(sources: Sources, environment: Environment) {
  const { root, problems } = readRoot(sources);
  const file = readFileLayer(sources.path, root, schema);
  const oldFile = readOldKeys(sources.path, file.strays);
  const oldVariables = readOldVariables(environment);
  const variables = readEnvLayer(environment, settings);
  const layers: Layers = {
    oldFile: oldFile.values,
    file: file.values,
    oldVariables: oldVariables.values,
    variables: variables.values,
  };
  const strange = unknownVariables(environment, settings);
  return {
    layers,
    lines: file.lines,
    nulls: file.nulls,
    problems: [problems, file.problems, oldFile.problems, oldVariables.problems, variables.problems].flat(),
    unknown: [file.unknown, oldFile.unknown, oldVariables.unknown, strange].flat(),
    deprecated: [...oldFile.deprecated, ...oldVariables.deprecated],
    warnings: variables.warnings,
  };
}

/** Values travel through convict in a box, because it would merge the objects among them key by key. */
type Box = readonly [Given];
interface Boxes {
  [key: string]: Box | Boxes;
}

/** Lets convict check every layer by itself, so that a bad value is found even where a stronger one hides it. */
function checkLayers(layers: Layers, lines: ReadonlyMap<string, number>) {
  const problems: Problem[] = [];
  const warnings: Note[] = [];
  const check = (path: string, setting: Setting, [{ written, origin }]: Box): void => {
    const where = (at: string) => {
      const line = lines.get(path + at);
      return whereOf(origin.from === 'file' && line !== undefined ? { ...origin, line } : origin);
    };
    parseSetting(setting, written, {
      refuse: (at, value, reason, accepted) => {
        const shown = setting.sensitive ? '***' : typeof value === 'object' ? JSON.stringify(value) : String(value);
        problems.push({ where: where(at), key: path + at, value: shown, reason, accepted });
        throw new Error(reason);
      },
      warn: (at, text) => warnings.push({ where: where(at), key: path + at, text }),
    });
  };
  const definition = definitionOf(schema, '', check);
  for (const layer of Object.values(layers) as Layer[]) {
    if (layer.size === 0) continue;
    try {
      convict<object>(definition, { env: {}, args: [] }).load(boxesOf(layer)).validate({ allowed: 'strict' });
    } catch (cause) {
      if (problems.length === 0) throw cause;
    }
  }
  return { problems, warnings };
}

type Check = (path: string, setting: Setting, box: Box) => void;

function definitionOf(tree: Tree, path: string, check: Check): convict.Schema<object> {
  const entries = Object.entries(tree).map(([key, node]) => {
    const at = path === '' ? key : `${path}.${key}`;
    if (!isSetting(node)) return [key, definitionOf(node, at, check)];
    // Without a default here: only what is given is to be checked.
    return [key, { doc: node.doc, default: undefined, format: (value: Box) => check(at, node, value) }];
  });
  return Object.fromEntries(entries) as convict.Schema<object>;
}

function boxesOf(layer: Layer): object {
  const boxes: Boxes = {};
  for (const [path, given] of layer) {
    const keys = path.split('.');
    const last = keys.pop() ?? '';
    let parent = boxes;
    for (const key of keys) {
      parent[key] ??= {};
      parent = parent[key] as Boxes;
    }
    parent[last] = [given];
  }
  return boxes;
}

function build(effective: Layer, nulls: ReadonlyMap<string, number>): Config {
  const values = valueOfTree(schema, '', effective);
  for (const section of removable) if (nulls.has(section)) values[section] = undefined;
  return values as unknown as Config;
}

function valueOfTree(tree: Tree, path: string, effective: Layer): Record<string, unknown> {
  const entries = Object.entries(tree).map(([key, node]) => {
    const at = path === '' ? key : `${path}.${key}`;
    if (!isSetting(node)) return [key, valueOfTree(node, at, effective)];
    return [key, parseSetting(node, effective.get(at)?.written, silent)];
  });
  return Object.fromEntries(entries) as Record<string, unknown>;
}

function whereIs(key: string, effective: Layer, lines: ReadonlyMap<string, number>): string {
  const origin = effective.get(key.replace(/\[.*$/s, ''))?.origin;
  if (origin === undefined || origin.from === 'default') return '';
  const line = lines.get(key);
  return whereOf(origin.from === 'file' && line !== undefined ? { ...origin, line } : origin);
}

function strictProblems(unknown: readonly Note[], withoutEffect: readonly Note[]): readonly Problem[] {
  return [...unknown, ...withoutEffect].map(({ where, key, text }) => ({
    where,
    key,
    reason: `refused by strict: ${text}`,
  }));
}
