import { nearest } from '../lib/nearest.ts';
import { fromVariable } from './env-layer.ts';
import { type Environment, suffixOf } from './env-names.ts';
import { type FileLayer, readFileLayer, type Stray } from './file-layer.ts';
import { movedSections, oldNames } from './old-names/list.ts';
import type { OldName } from './old-names/old-name.ts';
import { parseSetting } from './parse-setting.ts';
import type { Note, Problem } from './problem.ts';
import { schema } from './schema.ts';
import { settings } from './settings.ts';
import type { Setting, Tree } from './tree.ts';
import type { Layer, Origin, Written } from './written.ts';

/** What the old names of a source amount to in today's terms. */
export interface OldLayer {
  readonly values: Layer;
  readonly deprecated: readonly Note[];
  readonly unknown: readonly Note[];
  readonly problems: readonly Problem[];
}

const byKey = new Map(oldNames.flatMap((old) => (old.keys ?? []).map((key) => [key, old] as const)));
const byVariable = new Map(oldNames.flatMap((old) => (old.variables ?? []).map((name) => [name, old] as const)));

/** The setting whose syntax an old name shares. */
function settingOf(old: OldName): Setting | undefined {
  if (old.format !== undefined) return { doc: old.today, format: old.format, default: undefined };
  return old.to?.[0] === undefined ? undefined : settings.get(old.to[0]);
}

function valuesOf(old: OldName, written: Written): Readonly<Record<string, Written>> {
  if (old.becomes !== undefined) return old.becomes(written);
  return Object.fromEntries((old.to ?? []).map((path) => [path, written]));
}

function line({ valid, today }: OldName): string {
  if (today === 'nothing') return `a name of versions ${valid}; it no longer does anything`;
  return `a name of versions ${valid}; today: ${today}`;
}

class Collector implements OldLayer {
  readonly values: Layer = new Map();
  readonly deprecated: Note[] = [];
  readonly unknown: Note[] = [];
  readonly problems: Problem[] = [];

  add(old: OldName, written: Written, origin: Origin): void {
    for (const [path, value] of Object.entries(valuesOf(old, written))) {
      const before = this.values.get(path)?.written;
      const both = path === 'attributes.select' && before !== undefined ? mergedSelect(before, value) : value;
      this.values.set(path, { written: both, origin, isOld: true });
    }
  }
}

/** Two old switches may each add an attribute to the same metric. */
function mergedSelect(a: Written, b: Written): Written {
  const sections = { ...(a as Record<string, { include?: Written[] }>) };
  for (const [name, { include }] of Object.entries(b as Record<string, { include?: Written[] }>)) {
    const before = sections[name]?.include ?? [];
    sections[name] =
      include === undefined ? (sections[name] ?? {}) : { include: [...new Set([...before, ...include])] };
  }
  return sections as Written;
}

/** Looks the unknown keys of a file up among the old names. */
export function readOldKeys(file: string, strays: readonly Stray[]): OldLayer {
  const found = new Collector();
  for (const stray of strays) readStray(file, stray, found);
  return found;
}

function readStray(file: string, { path, entry }: Stray, found: Collector): void {
  const where = `${file}:${entry.line}`;
  const moved = Object.hasOwn(movedSections, path) ? movedSections[path] : undefined;
  const old = byKey.get(path);
  if (moved !== undefined) {
    const text = `a section of versions ${moved.valid}; today: ${moved.to}`;
    found.deprecated.push({ where, key: path, text });
    take(found, file, readMoved(file, moved.to, { path, entry }));
  } else if (old !== undefined) {
    found.deprecated.push({ where, key: path, text: line(old) });
    const setting = settingOf(old);
    if (setting === undefined) return;
    const single = { [path]: setting };
    take(found, file, readSingle(file, { path, entry }, single), old);
  } else {
    found.unknown.push({ where, key: path, text: hint(path) });
  }
}

/** Reads one stray key as if the schema had it. */
function readSingle(file: string, { path, entry }: Stray, tree: Tree): FileLayer {
  return readFileLayer(file, { is: 'map', line: entry.line, entries: [{ ...entry, key: path }] }, tree);
}

function readMoved(file: string, to: string, { entry }: Stray): FileLayer {
  const [top = '', below] = to.split('.');
  const inner = { ...entry, key: below ?? top };
  const value = { is: 'map', line: entry.line, entries: [inner] } as const;
  return readFileLayer(
    file,
    below === undefined ? value : { ...value, entries: [{ key: top, line: entry.line, value }] },
    schema,
  );
}

function take(found: Collector, file: string, layer: FileLayer, old?: OldName): void {
  found.problems.push(...layer.problems);
  found.unknown.push(...layer.unknown);
  for (const [path, given] of layer.values) {
    if (old === undefined) found.values.set(path, given);
    else found.add(old, given.written, given.origin);
  }
  for (const stray of layer.strays) readStray(file, stray, found);
}

/** The known key that an unknown one resembles most. */
export function hint(path: string): string {
  const parent = path.slice(0, path.lastIndexOf('.') + 1);
  const siblings = [...settings.keys()].filter((each) => each.startsWith(parent));
  const keys = siblings.flatMap((each) => [each, parent + each.slice(parent.length).split('.')[0]]);
  const key = path.slice(parent.length);
  const own = nearest(key, new Set(keys.map((each) => each.slice(parent.length))));
  if (own !== undefined) return `did you mean ${parent}${own}?`;
  const elsewhere = [...settings.keys()].find((each) => each === key || each.endsWith(`.${key}`));
  if (elsewhere !== undefined) return `did you mean ${elsewhere}?`;
  const leaves = new Map([...settings.keys()].map((each) => [each.slice(each.lastIndexOf('.') + 1), each]));
  const anywhere = leaves.get(nearest(key, leaves.keys()) ?? '');
  return anywhere === undefined ? 'nothing like it is known' : `did you mean ${anywhere}?`;
}

/** The old variables that are set. One without our prefix may belong to somebody else, so a bad value is only noted. */
export function readOldVariables(environment: Environment): OldLayer {
  const found = new Collector();
  for (const [name, old] of byVariable) {
    const value = environment.variables[name];
    if (value === undefined || value === '') continue;
    const where = `variable ${name}`;
    const setting = settingOf(old);
    try {
      if (setting !== undefined) {
        found.add(old, checked(setting, fromVariable(setting, value, environment.variables)), {
          from: 'variable',
          name,
        });
      }
      found.deprecated.push({ where, key: old.to?.[0] ?? '', text: line(old) });
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      const isOurs = suffixOf(name) !== undefined;
      if (isOurs) found.problems.push({ where, key: old.to?.[0] ?? '', value, reason });
      else found.unknown.push({ where, key: old.to?.[0] ?? '', text: `"${value}" ${reason}; left aside` });
    }
  }
  return found;
}

/** @throws Error for a value that the format refuses */
function checked(setting: Setting, written: Written): Written {
  const refuse = (_at: string, _value: Written, reason: string): void => {
    throw new Error(reason);
  };
  parseSetting(setting, written, { refuse, warn: () => {} });
  return written;
}
