import type { Glob } from '../lib/glob.ts';
import type { PortSet } from '../lib/ports.ts';

/**
 * The vocabulary in which every part of the agent declares its own section of the configuration: plain data beside the
 * part's code, joined in `schema.ts`, loaded by `load.ts`, documented by the generators. The type of the loaded value is
 * derived from the declaration, so a misspelt key does not compile.
 */
export interface Formats {
  string: string;
  boolean: boolean;
  int: number;
  float: number;
  /** Written as Go duration text (`1m30s`), loaded as milliseconds. */
  duration: number;
  port: number;
  /** `443`, `"80,443,8000-8999"`. */
  ports: PortSet;
  glob: Glob;
  regexp: RegExp;
  /** Strings: a YAML sequence, a comma list in the environment. */
  list: readonly string[];
  floats: readonly number[];
  map: Readonly<Record<string, string>>;
}

/** One key. `default` is written as the user would write it; `undefined` stands for "not set". */
export interface Setting {
  readonly doc: string;
  readonly format: keyof Formats | readonly string[];
  readonly default: unknown;
  /** Names of the environment variables, the strongest first. */
  readonly env?: string | readonly string[];
  readonly sensitive?: true;
  /** A change on reload takes effect without a restart. */
  readonly live?: true;
}

export interface Tree {
  readonly [key: string]: Setting | Tree;
}

type Loaded<F, D> = F extends readonly (infer U extends string)[]
  ? U
  : F extends keyof Formats
    ? D extends undefined
      ? Formats[F] | undefined
      : Formats[F]
    : never;

/** The loaded value of a declaration. */
export type ValueOf<N> = N extends { format: infer F; default: infer D }
  ? Loaded<F, D>
  : { readonly [K in keyof N]: ValueOf<N[K]> };

type Both<U> = (U extends unknown ? (u: U) => void : never) extends (all: infer A) => void ? A : never;

/** Joins the sections that parts declare beside their code. */
export function sectionsOf<P extends readonly { readonly section: Tree }[]>(parts: P): Both<P[number]['section']> {
  return Object.assign({}, ...parts.map((part) => part.section)) as Both<P[number]['section']>;
}
