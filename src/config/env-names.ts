import type { Variables } from './substitute.ts';

const prefixes = ['OTEL_EBPF_', 'BEYLA_OTEL_', 'BEYLA_'] as const;

/** A name without our prefix, or undefined when it has none. `BEYLA_OTEL_X` and `BEYLA_X` are one name. */
export function suffixOf(name: string): string | undefined {
  const prefix = prefixes.find((each) => name.startsWith(each));
  return prefix === undefined ? undefined : name.slice(prefix.length);
}

export interface Found {
  readonly name: string;
  readonly value: string;
}

/**
 * The environment with its three spellings of one variable: `OTEL_EBPF_X` is the strongest; of `BEYLA_X` and
 * `BEYLA_OTEL_X` the one that stands first in the environment wins. Empty counts as unset.
 */
export class Environment {
  readonly variables: Variables;
  readonly #bySuffix = new Map<string, Found>();

  constructor(variables: Variables) {
    this.variables = variables;
    for (const [name, value] of Object.entries(variables)) {
      const suffix = suffixOf(name);
      if (suffix === undefined || value === undefined || value === '') continue;
      const isStrongest = name.startsWith('OTEL_EBPF_');
      if (isStrongest || !this.#bySuffix.has(suffix)) this.#bySuffix.set(suffix, { name, value });
    }
  }

  /** The variable that a declared name stands for. */
  find(declared: string): Found | undefined {
    const suffix = suffixOf(declared);
    if (suffix !== undefined) return this.#bySuffix.get(suffix);
    const value = this.variables[declared];
    return value === undefined || value === '' ? undefined : { name: declared, value };
  }

  /** Names with one of our prefixes that are set. */
  ours(): readonly Found[] {
    return Object.entries(this.variables).flatMap(([name, value]) =>
      suffixOf(name) !== undefined && value !== undefined && value !== '' ? [{ name, value }] : [],
    );
  }
}
