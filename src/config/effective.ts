import { stringify } from 'yaml';
import { hideCredentials } from './print-written.ts';
import type { Report } from './report.ts';
import { settings } from './settings.ts';
import { type Given, isList, isMap, type Written, type WrittenMap } from './written.ts';

/** The effective configuration as a file that says the same, secrets masked. */
export function printEffective(report: Pick<Report, 'effective' | 'removed'>, form: 'yaml' | 'json'): string {
  const values: Record<string, Written> = {};
  for (const [path, given] of report.effective) {
    const setting = settings.get(path);
    const isWorthIt = setting?.variableOnly !== true || given.origin.from !== 'default';
    if (given.written !== undefined && isWorthIt)
      put(values, path.split('.'), shown(given, setting?.sensitive === true));
  }
  for (const section of report.removed) values[section] = null;
  return form === 'yaml' ? stringify(values) : `${JSON.stringify(values)}\n`;
}

function put(values: Record<string, Written>, [key = '', ...rest]: readonly string[], written: Written): void {
  if (rest.length === 0) {
    values[key] = written;
    return;
  }
  values[key] ??= {};
  put(values[key] as Record<string, Written>, rest, written);
}

function shown({ written }: Given, isSecret: boolean): Written {
  const isEmpty = written === '' || (isMap(written) && Object.keys(written).length === 0);
  return isSecret && !isEmpty ? '***' : withoutCredentials(written);
}

function withoutCredentials(written: Written): Written {
  if (isList(written)) return written.map(withoutCredentials);
  if (isMap(written)) {
    const entries = Object.entries(written).map(([key, value]) => [key, withoutCredentials(value)]);
    return Object.fromEntries(entries) as WrittenMap;
  }
  return hideCredentials(written);
}
