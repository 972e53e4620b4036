import type { Glob } from '../lib/glob.ts';
import type { PortSet } from '../lib/ports.ts';
import type { Regexp } from '../lib/regexp.ts';

/**
 * The vocabulary in which each section of the configuration is declared: plain data in `sections/`, joined in
 * `schema.ts`, loaded by `load.ts`, documented by the generators. The type of the loaded value is derived from the
 * declaration, so a misspelt key does not compile.
 */
export interface Formats {
  string: string;
  boolean: boolean;
  int: number;
  float: number;
  /** Written as Go duration text (`1m30s`), loaded as milliseconds. */
  duration: number;
  port: number;
  /** `443`, `"80,443,8000-8999"`: ports, or other numbers such as process ids. */
  ports: PortSet;
  /** DEBUG, INFO, WARN or ERROR in any case, with an offset (`INFO+2`) rounded up to the next of the four. */
  loglevel: 'DEBUG' | 'INFO' | 'WARN' | 'ERROR';
  glob: Glob;
  regexp: Regexp;
  /** Strings: a YAML sequence, a comma list in the environment. */
  list: readonly string[];
  ints: readonly number[];
  floats: readonly number[];
  globs: readonly Glob[];
  map: Readonly<Record<string, string>>;
  /** Name to list of strings. */
  listmap: Readonly<Record<string, readonly string[]>>;
  globmap: Readonly<Record<string, Glob>>;
  regexpmap: Readonly<Record<string, Regexp>>;
  /** `k=v,k2=v2`, the form of the OTEL_ variables. */
  pairs: Readonly<Record<string, string>>;
  /** Words of one text, separated by commas: `headers,tcp`. */
  words: readonly string[];
  cidrs: readonly { readonly cidr: string; readonly name: string }[];
}

/** One key. `default` is written as the user would write it; `undefined` stands for "not set". */
export interface Setting {
  readonly doc: string;
  /** A name of `Formats`, the words of an enumeration, or one of the two that describe their parts in `children`. */
  readonly format: keyof Formats | readonly string[] | 'objects' | 'objectmap';
  readonly default: unknown;
  /** Names of the environment variables, the strongest first; see `env-names.ts` for the spellings each stands for. */
  readonly env?: string | readonly string[];
  readonly sensitive?: true;
  /** A change on reload takes effect without a restart. */
  readonly live?: true;
  /** For enumerations: the word that any other text stands for, with a warning. Without it, other words are refused. */
  readonly otherwise?: string;
  /** For enumerations and items: case does not matter. */
  readonly anyCase?: true;
  /** For lists and words: what the items may be. */
  readonly items?: Items;
  /** For numbers: the range that is declared but not enforced: a value outside is reported and used. */
  readonly range?: readonly [number, number];
  /** For lists of objects, and maps from a name to an object: their keys. */
  readonly children?: Tree;
  /** A value of the environment is added to that of the file. */
  readonly appends?: true;
  /** `$X` and `${X}` inside the value of the variable are replaced. */
  readonly expands?: true;
  /** A bad value of the variable, which other programs read as well, is left aside with a warning. */
  readonly isShared?: true;
  /** There is a variable but no key in the file. */
  readonly variableOnly?: true;
  /** Still works, but another way is better: what to use today. */
  readonly deprecated?: string;
  /** Not a key of the reference. */
  readonly ours?: true;
}

export interface Items {
  readonly of: readonly string[];
  /** Whether a word that is not in the list stops the agent or is left out with a warning. */
  readonly unknown: 'refused' | 'ignored';
  readonly aliases?: Readonly<Record<string, string>>;
}

export interface Tree {
  readonly [key: string]: Setting | Tree;
}

export function isSetting(node: Setting | Tree): node is Setting {
  return 'doc' in node && typeof node.doc === 'string';
}

type Base<N, F> = F extends 'objects'
  ? N extends { children: infer C }
    ? readonly ValueOf<C>[]
    : never
  : F extends 'objectmap'
    ? N extends { children: infer C }
      ? Readonly<Record<string, ValueOf<C>>>
      : never
    : F extends readonly (infer U extends string)[]
      ? U
      : F extends 'list' | 'words'
        ? N extends { items: { of: readonly (infer U extends string)[] } }
          ? readonly U[]
          : readonly string[]
        : F extends keyof Formats
          ? Formats[F]
          : never;

/** The loaded value of a declaration. */
export type ValueOf<N> = N extends { format: infer F; default: infer D }
  ? D extends undefined
    ? Base<N, F> | undefined
    : Base<N, F>
  : { readonly [K in keyof N]: ValueOf<N[K]> };
