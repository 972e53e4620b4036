/** A value as a user writes it, independent of where: plain data, not yet interpreted. */
export type Written = string | number | boolean | null | readonly Written[] | WrittenMap;
export interface WrittenMap {
  readonly [key: string]: Written;
}

/** Where a value comes from. */
export type Origin =
  | { readonly from: 'default' }
  | { readonly from: 'file'; readonly file: string; readonly line: number }
  | { readonly from: 'variable'; readonly name: string }
  /** Derived from other settings. */
  | { readonly from: 'rule'; readonly why: string };

export interface Given {
  readonly written: Written;
  readonly origin: Origin;
  /** Came by a name of other days, which has been reported already. */
  readonly isOld?: true;
}

/** Values by the path of their key: `ebpf.batch_length`. */
export type Layer = Map<string, Given>;

export function isMap(written: Written | undefined): written is WrittenMap {
  return typeof written === 'object' && written !== null && !Array.isArray(written);
}

export function isList(written: Written | undefined): written is readonly Written[] {
  return Array.isArray(written);
}

export function whereOf(origin: Origin): string {
  switch (origin.from) {
    case 'default':
      return 'default';
    case 'file':
      return `${origin.file}:${origin.line}`;
    case 'variable':
      return `variable ${origin.name}`;
    case 'rule':
      return origin.why;
  }
}
