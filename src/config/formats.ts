import { parseDuration } from '../lib/duration.ts';
import { parseGlob } from '../lib/glob.ts';
import { parsePorts } from '../lib/ports.ts';
import { parseRegexp } from '../lib/regexp.ts';
import { fraction, listOf, logLevel, mapOf, scalar, text, truth, whole } from './formats-plain.ts';
import { asCidrs, asPorts, cidr } from './formats-special.ts';
import type { Formats } from './tree.ts';
import type { Written } from './written.ts';
import type { YamlNode } from './yaml.ts';

/**
 * What a format must know: how a value is written in a file and in a variable, and what it means. All three throw an
 * Error whose message completes the sentence `"5" …`.
 */
export interface Format<T = unknown> {
  /** Completes the sentence "accepted: …". */
  readonly accepts: string;
  /** From a node of the file. Null never gets here: it means "as if absent". */
  fromYaml(node: YamlNode): Written;
  fromVariable(value: string): Written;
  parse(written: Written): T;
}

const duration = 'a number with a unit, such as 300ms, 5s or 1m30s';
const number = 'a whole number';
const globText = 'a glob: * for any text, ? for one character, [a-z], {a,b}';

/** Every format of `Formats`, by its name. */
export const formats: { readonly [K in keyof Formats]: Format<Formats[K]> } = {
  string: { accepts: 'a text', fromYaml: scalar, fromVariable: text, parse: String },
  boolean: { accepts: 'true or false', fromYaml: truth.fromYaml, fromVariable: truth.fromVariable, parse: Boolean },
  int: { accepts: number, fromYaml: whole.fromYaml, fromVariable: whole.fromVariable, parse: Number },
  port: {
    accepts: 'a port from 0 to 65535',
    fromYaml: whole.fromYaml,
    fromVariable: whole.fromVariable,
    parse: Number,
  },
  float: { accepts: 'a number', fromYaml: fraction.fromYaml, fromVariable: fraction.fromVariable, parse: Number },
  duration: {
    accepts: duration,
    fromYaml: (node) => {
      if (node.is === 'scalar' && node.type !== 'string') throw new Error('has no unit');
      return scalar(node);
    },
    fromVariable: text,
    parse: (written) => withReason('is not a duration', () => parseDuration(String(written))),
  },
  ports: {
    accepts: 'numbers and ranges: 443 or "80,443,8000-8999"',
    fromYaml: asPorts,
    fromVariable: text,
    parse: (written) => withReason('is refused', () => parsePorts(String(written))),
  },
  loglevel: { accepts: 'DEBUG, INFO, WARN or ERROR', fromYaml: scalar, fromVariable: text, parse: logLevel },
  glob: {
    accepts: globText,
    fromYaml: scalar,
    fromVariable: text,
    parse: (written) => withReason('is not a glob', () => parseGlob(String(written))),
  },
  regexp: {
    accepts: 'a regular expression of RE2',
    fromYaml: scalar,
    fromVariable: text,
    parse: (written) => withReason('is not a regular expression', () => parseRegexp(String(written))),
  },
  list: listOf('a list of texts', { fromYaml: scalar, fromVariable: text, parse: String }),
  ints: listOf('a list of whole numbers', { ...whole, parse: Number }),
  floats: listOf('a list of numbers', { ...fraction, parse: Number }),
  globs: listOf(`a list, each ${globText}`, {
    fromYaml: scalar,
    fromVariable: text,
    parse: (written) => withReason('is not a glob', () => parseGlob(String(written))),
  }),
  map: mapOf('a mapping from names to texts; key:value,key2:value2 in a variable', {
    fromYaml: scalar,
    parse: String,
  }),
  listmap: mapOf('a mapping from names to lists of texts', {
    fromYaml: (node) => formats.list.fromYaml(node),
    parse: (written) => formats.list.parse(written),
  }),
  globmap: mapOf(`a mapping from names to texts, each ${globText}`, {
    fromYaml: scalar,
    parse: (written) => formats.glob.parse(written),
  }),
  regexpmap: mapOf('a mapping from names to regular expressions', {
    fromYaml: scalar,
    parse: (written) => formats.regexp.parse(written),
  }),
  pairs: {
    accepts: 'name=value,name2=value2',
    fromYaml: scalar,
    fromVariable: text,
    parse: (written) => pairsOf(String(written)),
  },
  words: {
    accepts: 'a text of words separated by commas',
    fromYaml: scalar,
    fromVariable: text,
    parse: (written) =>
      String(written)
        .split(',')
        .map((word) => word.trim()),
  },
  cidrs: {
    accepts: 'a list of networks such as 10.0.0.0/8, or of {cidr, name}',
    fromYaml: asCidrs,
    fromVariable: (value) => value.split(',').map((part) => part.trim()),
    parse: (written) => (Array.isArray(written) ? written.map(cidr) : []),
  },
};

/** Puts what a parser found wrong behind the name of what it looked for. */
function withReason<T>(what: string, parse: () => T): T {
  try {
    return parse();
  } catch (cause) {
    throw new Error(`${what} (${cause instanceof Error ? cause.message : String(cause)})`, { cause });
  }
}

/** Items without a `=` are left out, as the SDKs do. */
function pairsOf(value: string): Record<string, string> {
  const items = value.split(',').map((item) => item.trim());
  return Object.fromEntries(
    items.flatMap((item) => {
      const equals = item.indexOf('=');
      return equals <= 0 ? [] : [[item.slice(0, equals).trim(), item.slice(equals + 1).trim()]];
    }),
  );
}
