import type { Note, Problem } from './problem.ts';
import { settings } from './settings.ts';
import { supportOf } from './support.ts';
import { isSetting, type Setting, type Tree } from './tree.ts';
import { type Given, isList, isMap, type Layer, type Origin, type Written, whereOf } from './written.ts';

/** What there is to say about a configuration. */
export interface Report {
  /** Path of the file, undefined without one. */
  readonly file: string | undefined;
  /** Why it is refused. */
  readonly problems: readonly Problem[];
  /** Names of other days, and keys that have a better one. */
  readonly deprecated: readonly Note[];
  /** Names that nobody knows. */
  readonly unknown: readonly Note[];
  /** Known to the reference, but nothing in this build acts on them. */
  readonly withoutEffect: readonly Note[];
  /** Acted on in another way than the reference does. */
  readonly differs: readonly Note[];
  /** Values that are used although something is odd about them. */
  readonly warnings: readonly Note[];
  /** Paths that are set and acted on as the reference does. */
  readonly understood: readonly string[];
  /** Sections that a null in the file removes. */
  readonly removed: readonly string[];
  /** Every setting with its value, as written, and where that came from. */
  readonly effective: ReadonlyMap<string, Given>;
}

type Classified = Pick<Report, 'deprecated' | 'withoutEffect' | 'differs' | 'understood'>;

/** Sorts the settings that somebody has set by what this build does with them. */
export function classify(effective: Layer, lineOf: (path: string) => number | undefined): Classified {
  const found = {
    deprecated: [] as Note[],
    withoutEffect: [] as Note[],
    differs: [] as Note[],
    understood: [] as string[],
  };
  for (const [path, { written, origin, isOld }] of effective) {
    const setting = settings.get(path);
    if (setting === undefined || !(isOld || isMeantForUs(origin))) continue;
    for (const use of usesOf(path, path, setting, written)) {
      const where = placeOf(origin, lineOf(use.at));
      const support = supportOf(use.path, use.written);
      const isIdle = support.is === 'no' && !isOff(use);
      if (use.setting.deprecated !== undefined && !isOld) {
        found.deprecated.push({ where, key: use.at, text: `still works; better: ${use.setting.deprecated}` });
      }
      if (isIdle) found.withoutEffect.push({ where, key: use.at, text: 'known, but without effect in this build' });
      else if (support.is === 'differs') found.differs.push({ where, key: use.at, text: support.how });
      else found.understood.push(use.at);
    }
  }
  return found;
}

/** Variables such as KUBECONFIG or DOCKER_HOST are set for other programs: nobody expects to hear of them. */
function isMeantForUs(origin: Origin): boolean {
  if (origin.from === 'variable') return /^(?:BEYLA|OTEL|OBI|GRAFANA)_/.test(origin.name);
  return origin.from === 'file';
}

function placeOf(origin: Origin, line: number | undefined): string {
  return whereOf(origin.from === 'file' && line !== undefined ? { ...origin, line } : origin);
}

interface Use {
  /** With `[]` for every index and name, as `support.ts` writes it. */
  readonly path: string;
  readonly at: string;
  readonly setting: Setting;
  readonly written: Written;
}

/** The setting itself, or, for lists and maps of objects, the keys that their entries set. */
function usesOf(path: string, at: string, setting: Setting, written: Written): readonly Use[] {
  const itself = { path, at, setting, written };
  const { children } = setting;
  if (children === undefined) return [itself];
  const below = isList(written)
    ? written.flatMap((item, i) => usesInside(`${path}[]`, `${at}[${i}]`, children, item))
    : Object.entries(isMap(written) ? written : {}).flatMap(([name, item]) =>
        usesInside(`${path}[]`, `${at}[${name}]`, children, item),
      );
  return supportOf(path).is === 'no' ? [itself] : [itself, ...below];
}

function usesInside(path: string, at: string, children: Tree, item: Written): readonly Use[] {
  return Object.entries(isMap(item) ? item : {}).flatMap(([key, written]) => {
    const child = children[key];
    if (child === undefined) return [];
    if (!isSetting(child)) return usesInside(`${path}.${key}`, `${at}.${key}`, child, written);
    return usesOf(`${path}.${key}`, `${at}.${key}`, child, written);
  });
}

/** Nothing is missed by not acting on a switch that is set to off. */
function isOff({ setting, written }: Use): boolean {
  const isDefault = JSON.stringify(written) === JSON.stringify(setting.default);
  const isEmpty = isList(written) && written.length === 0;
  return isDefault && (isEmpty || [false, 0, '', '0s', 'disabled', 'off', 'none'].includes(written as string));
}
