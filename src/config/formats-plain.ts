import type { Formats } from './tree.ts';
import { isList, isMap, type Written } from './written.ts';
import type { YamlNode } from './yaml.ts';

/** How one item of a list or mapping is read. */
interface Item<T> {
  fromYaml(node: YamlNode): Written;
  fromVariable?(value: string): Written;
  parse(written: Written): T;
}

export function text(value: string): Written {
  return value;
}

/** Any scalar counts as the text it is written as: a number needs no quotes. */
export function scalar(node: YamlNode): string {
  if (node.is !== 'scalar') throw new Error(`is ${nameOf(node)}, not a single value`);
  return node.text;
}

function nameOf(node: YamlNode): string {
  return node.is === 'list' ? 'a list' : node.is === 'map' ? 'a mapping' : 'a single value';
}

const yes = new Set(['true', 'True', 'TRUE', 'y', 'Y', 'yes', 'Yes', 'YES', 'on', 'On', 'ON']);
const no = new Set(['false', 'False', 'FALSE', 'n', 'N', 'no', 'No', 'NO', 'off', 'Off', 'OFF']);
const goTrue = new Set(['1', 't', 'T', 'TRUE', 'true', 'True']);
const goFalse = new Set(['0', 'f', 'F', 'FALSE', 'false', 'False']);

export const truth = {
  fromYaml(node: YamlNode): boolean {
    const written = scalar(node);
    const isQuoted = node.is === 'scalar' && node.type === 'string';
    // The spellings of YAML 1.1 are texts to YAML 1.2, so quotes make no difference to them; to true and false they do.
    if (isQuoted && /^(?:true|false)$/i.test(written)) throw new Error('is a text; write it without quotes');
    if (yes.has(written)) return true;
    if (no.has(written)) return false;
    throw new Error('is neither true nor false');
  },
  fromVariable(value: string): boolean {
    if (goTrue.has(value)) return true;
    if (goFalse.has(value)) return false;
    throw new Error('is neither true nor false');
  },
};

const int32 = 2 ** 31;

export const whole = {
  fromYaml(node: YamlNode): number {
    const written = scalar(node);
    if (node.is === 'scalar' && node.type === 'string') throw new Error('is a text, not a number');
    const value = integer(written);
    if (!Number.isFinite(value)) throw new Error('is not a whole number');
    return Math.trunc(value);
  },
  fromVariable(value: string): number {
    if (!/^[-+]?\d+$/.test(value)) throw new Error('is not a whole number');
    const parsed = Number(value);
    if (parsed >= int32 || parsed < -int32) throw new Error('is out of range');
    return parsed;
  },
};

/** Whole numbers of YAML: also with underscores, in base 2, 8 and 16, and with a leading zero in base 8. */
function integer(written: string): number {
  const plain = written.replaceAll('_', '');
  const sign = plain.startsWith('-') ? -1 : 1;
  const digits = plain.replace(/^[-+]/, '');
  if (/^0[0-7]+$/.test(digits)) return sign * Number.parseInt(digits, 8);
  return sign * Number(digits);
}

export const fraction = {
  fromYaml(node: YamlNode): number {
    const written = scalar(node);
    if (node.is === 'scalar' && node.type !== 'int' && node.type !== 'float') throw new Error('is not a number');
    return integer(written);
  },
  fromVariable(value: string): number {
    const parsed = Number(value);
    if (value.trim() === '' || Number.isNaN(parsed)) throw new Error('is not a number');
    return parsed;
  },
};

const levels = [
  ['DEBUG', -4],
  ['INFO', 0],
  ['WARN', 4],
  ['ERROR', 8],
] as const;

/** Only four levels are ever written, so a threshold between two of them is the upper one. */
export function logLevel(written: Written): Formats['loglevel'] {
  const [, name = '', offset = '0'] = /^([a-z]+)([-+]\d+)?$/i.exec(String(written)) ?? [];
  const named = levels.find(([level]) => level === name.toUpperCase());
  if (named === undefined) throw new Error('is not a log level');
  const threshold = named[1] + Number(offset);
  return levels.find(([, severity]) => severity >= threshold)?.[0] ?? 'ERROR';
}

export function listOf<T>(accepts: string, item: Item<T>) {
  const one = item.fromVariable ?? text;
  return {
    accepts,
    fromYaml(node: YamlNode): Written {
      if (node.is !== 'list') throw new Error(`is ${nameOf(node)}, not a list`);
      return node.items.map((each) => item.fromYaml(each));
    },
    fromVariable: (value: string): Written => value.split(',').map((each) => one(each)),
    parse: (written: Written): readonly T[] => (isList(written) ? written.map((each) => item.parse(each)) : []),
  };
}

export function mapOf<T>(accepts: string, item: Item<T>) {
  return {
    accepts,
    fromYaml(node: YamlNode): Written {
      if (node.is !== 'map') throw new Error(`is ${nameOf(node)}, not a mapping`);
      return Object.fromEntries(node.entries.map(({ key, value }) => [key, item.fromYaml(value)]));
    },
    fromVariable(value: string): Written {
      return Object.fromEntries(
        value.split(',').map((each) => {
          const parts = each.split(':');
          if (parts.length !== 2) throw new Error(`has an item "${each}" that is not key:value`);
          return parts as [string, string];
        }),
      );
    },
    parse(written: Written): Readonly<Record<string, T>> {
      if (!isMap(written)) return {};
      return Object.fromEntries(Object.entries(written).map(([key, each]) => [key, item.parse(each)]));
    },
  };
}
