import type { Setting } from './tree.ts';
import { isList, isMap, type Written } from './written.ts';

/** A value on one line, the way it could be written in the file; secrets are masked. */
export function printWritten(setting: Setting | undefined, written: Written | undefined): string {
  if (written === undefined || written === null) return '(not set)';
  if (setting?.sensitive && written !== '' && !(isMap(written) && Object.keys(written).length === 0)) return '***';
  return inFlow(hideCredentials(written));
}

function inFlow(written: Written): string {
  if (isList(written)) return `[${written.map(inFlow).join(', ')}]`;
  if (isMap(written)) {
    const pairs = Object.entries(written).map(([key, value]) => `${quoted(key)}: ${inFlow(value)}`);
    return `{${pairs.join(', ')}}`;
  }
  return typeof written === 'string' ? quoted(written) : String(written);
}

const duration = /^(?:\d+(?:\.\d+)?(?:ns|us|ms|s|m|h))+$/;

function quoted(text: string): string {
  if (duration.test(text)) return text;
  return /^[A-Za-z_./][\w./:@-]*$/.test(text) && !/^(?:true|false|null|yes|no|on|off|y|n)$/i.test(text)
    ? text
    : JSON.stringify(text);
}

/** A URL may carry a password. */
export function hideCredentials(written: Written): Written {
  return typeof written === 'string' ? written.replace(/(:\/\/)[^/@\s]+@/, '$1***@') : written;
}
