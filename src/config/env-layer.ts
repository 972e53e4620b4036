import { type Environment, suffixOf } from './env-names.ts';
import { formats } from './formats.ts';
import { isWordList } from './parse-setting.ts';
import type { Note, Problem } from './problem.ts';
import { expand, substituteInValue, type Variables } from './substitute.ts';
import type { Setting } from './tree.ts';
import type { Layer, Written } from './written.ts';

export interface EnvLayer {
  readonly values: Layer;
  readonly problems: readonly Problem[];
  readonly warnings: readonly Note[];
}

/** Reads the variables of the settings given by path. */
export function readEnvLayer(environment: Environment, settings: ReadonlyMap<string, Setting>): EnvLayer {
  const values: Layer = new Map();
  const problems: Problem[] = [];
  const warnings: Note[] = [];
  for (const [path, setting] of settings) {
    const names = setting.env === undefined ? [] : [setting.env].flat();
    const found = names.map((name) => environment.find(name)).find((each) => each !== undefined);
    if (found === undefined) continue;
    const origin = { from: 'variable', name: found.name } as const;
    try {
      values.set(path, { written: fromVariable(setting, found.value, environment.variables), origin });
    } catch (cause) {
      const where = `variable ${found.name}`;
      const value = setting.sensitive ? '***' : found.value;
      const reason = cause instanceof Error ? cause.message : String(cause);
      if (setting.isShared) warnings.push({ where, key: path, text: `"${value}" ${reason}; left aside` });
      else problems.push({ where, key: path, value, reason, accepted: acceptedBy(setting) });
    }
  }
  return { values, problems, warnings };
}

export function acceptedBy({ format, children }: Setting): string {
  if (isWordList(format)) return format.filter((word) => word !== '').join(', ');
  if (format === 'objects' || format === 'objectmap')
    return `entries with the keys ${Object.keys(children ?? {}).join(', ')}`;
  return formats[format].accepts;
}

/** @throws Error that completes the sentence `"5" …` */
export function fromVariable(setting: Setting, value: string, variables: Variables): Written {
  const { format } = setting;
  const expanded = setting.expands ? expand(value, variables) : value;
  if (isWordList(format)) return expanded;
  if (format === 'objects' || format === 'objectmap') throw new Error('cannot be set by a variable');
  return formats[format].fromVariable(format === 'pairs' ? substituteInValue(expanded, variables) : expanded);
}

/** Suffixes that belong to a declared name. */
export function declaredSuffixes(settings: ReadonlyMap<string, Setting>): ReadonlySet<string> {
  const names = [...settings.values()].flatMap(({ env }) => (env === undefined ? [] : [env].flat()));
  return new Set(names.flatMap((name) => suffixOf(name) ?? []));
}
