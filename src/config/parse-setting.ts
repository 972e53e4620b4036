import { formats } from './formats.ts';
import { type Items, isSetting, type Setting, type Tree } from './tree.ts';
import { isList, isMap, type Written } from './written.ts';

/** Receives what is found inside a value; `at` is the path from the setting: empty, or `[0].sampler.name`. */
export interface Findings {
  refuse(at: string, value: Written, reason: string, accepted: string): void;
  warn(at: string, text: string): void;
}

export const silent: Findings = { refuse: () => {}, warn: () => {} };

/** The meaning of a value; undefined for one that is refused or not set. */
export function parseSetting(setting: Setting, written: Written | undefined, findings: Findings, at = ''): unknown {
  if (written === undefined || written === null) return undefined;
  if (isWordList(setting.format)) return word(setting, setting.format, written, findings, at);
  if (setting.format === 'objects') {
    const items = isList(written) ? written : [];
    return items.map((item, i) => parseTree(setting.children ?? {}, item, findings, `${at}[${i}]`));
  }
  if (setting.format === 'objectmap') {
    const entries = Object.entries(isMap(written) ? written : {});
    return Object.fromEntries(
      entries.map(([name, item]) => [name, parseTree(setting.children ?? {}, item, findings, `${at}[${name}]`)]),
    );
  }
  return leaf(setting, setting.format, written, findings, at);
}

/** The meaning of an object whose keys are declared; absent keys get their defaults. */
function parseTree(tree: Tree, written: Written | undefined, findings: Findings, at: string): unknown {
  const given = isMap(written) ? written : {};
  return Object.fromEntries(
    Object.entries(tree).map(([key, node]) => {
      const path = `${at}.${key}`;
      if (!isSetting(node)) return [key, parseTree(node, given[key], findings, path)];
      const initial = node.default as Written | undefined;
      return [key, parseSetting(node, given[key] ?? initial, findings, path)];
    }),
  );
}

type Leaf = keyof typeof formats;

function leaf(setting: Setting, name: Leaf, written: Written, findings: Findings, at: string): unknown {
  const format = formats[name];
  try {
    const value = format.parse(written);
    checkRange(setting, value, findings, at);
    return setting.items === undefined
      ? value
      : known(setting, setting.items, value as readonly string[], findings, at);
  } catch (cause) {
    findings.refuse(at, written, cause instanceof Error ? cause.message : String(cause), format.accepts);
    return undefined;
  }
}

function checkRange({ range }: Setting, value: unknown, findings: Findings, at: string): void {
  if (range === undefined || typeof value !== 'number') return;
  const [least, most] = range;
  if (value < least || value > most) findings.warn(at, `${value} is outside ${least} to ${most}; used as it is`);
}

function known(setting: Setting, items: Items, given: readonly string[], findings: Findings, at: string): string[] {
  return given.flatMap((each) => {
    const item = each.trim();
    const alias = items.aliases?.[setting.anyCase ? item.toLowerCase() : item] ?? item;
    const found = items.of.find((name) => same(name, alias, setting.anyCase));
    if (found !== undefined) return [found];
    const choices = items.of.filter((name) => name !== '').join(', ');
    if (items.unknown === 'refused') findings.refuse(at, each, 'is unknown', choices);
    else findings.warn(at, `"${each}" is unknown and left out; known: ${choices}`);
    return [];
  });
}

function word(setting: Setting, words: readonly string[], written: Written, findings: Findings, at: string): unknown {
  const given = String(written);
  const found = words.find((each) => same(each, given, setting.anyCase));
  if (found !== undefined) return found;
  const choices = words.map((each) => (each === '' ? 'nothing' : each)).join(', ');
  if (setting.otherwise === undefined) {
    findings.refuse(at, written, 'is not one of the choices', choices);
    return undefined;
  }
  if (given !== '') findings.warn(at, `"${given}" is not one of ${choices}; taken as "${setting.otherwise}"`);
  return setting.otherwise;
}

function same(a: string, b: string, anyCase: true | undefined): boolean {
  return anyCase ? a.toLowerCase() === b.toLowerCase() : a === b;
}

export function isWordList(format: Setting['format']): format is readonly string[] {
  return typeof format !== 'string';
}
