import type { Loaded } from './load.ts';
import { printWritten } from './print-written.ts';
import type { Report } from './report.ts';
import { type Config, removable, schema } from './schema.ts';
import { settings } from './settings.ts';
import { isSetting, type Tree } from './tree.ts';

/** A setting whose value differs between two configurations. */
export interface Change {
  readonly key: string;
  /** On one line, secrets masked. */
  readonly before: string;
  readonly after: string;
  /** Takes effect on reload; otherwise only after a restart. */
  readonly isLive: boolean;
}

type Values = Pick<Report, 'effective' | 'removed'>;

export function diffConfig(before: Values, after: Values): readonly Change[] {
  return [...sectionChanges(before, after), ...settingChanges(before, after)];
}

/** A stage that is bypassed or comes back, without any of its settings being others. */
function sectionChanges(before: Values, after: Values): readonly Change[] {
  const shown = ({ removed }: Values, section: string) => (removed.includes(section) ? 'removed' : 'there');
  return removable
    .map((key) => ({ key, before: shown(before, key), after: shown(after, key), isLive: true }))
    .filter((change) => change.before !== change.after);
}

function settingChanges(before: Values, after: Values): readonly Change[] {
  return [...settings].flatMap(([key, setting]) => {
    const old = before.effective.get(key)?.written;
    const now = after.effective.get(key)?.written;
    if (JSON.stringify(old) === JSON.stringify(now)) return [];
    const shown = { before: printWritten(setting, old), after: printWritten(setting, now) };
    return [{ key, ...shown, isLive: setting.live === true }];
  });
}

/** The running configuration with those changes of the next one that can take effect without a restart. */
export function withLiveChanges(running: Loaded, next: Loaded): Loaded {
  const effective = new Map(running.report.effective);
  for (const [key, setting] of settings) {
    const given = next.report.effective.get(key);
    if (!setting.live) continue;
    if (given === undefined) effective.delete(key);
    else effective.set(key, given);
  }
  const config = mixed(schema, running.config, next.config) as unknown as Config;
  return { config, report: { ...next.report, effective } };
}

type Plain = Readonly<Record<string, unknown>>;

function mixed(tree: Tree, running: object, next: object): Plain {
  const old = running as Plain;
  const now = next as Plain;
  return Object.fromEntries(
    Object.entries(tree).map(([key, node]) => {
      if (isSetting(node)) return [key, node.live ? now[key] : old[key]];
      const isRemoval =
        (removable as readonly string[]).includes(key) && (old[key] === undefined || now[key] === undefined);
      return [key, isRemoval ? now[key] : mixed(node, old[key] as object, now[key] as object)];
    }),
  );
}
