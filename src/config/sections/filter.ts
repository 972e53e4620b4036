import type { Setting, Tree, ValueOf } from '../tree.ts';

function number(doc: string) {
  return { doc, format: 'int', default: undefined } as const;
}

const clauses = {
  match: { doc: 'The value matches this glob.', format: 'glob', default: undefined },
  not_match: { doc: 'The value does not match this glob.', format: 'glob', default: undefined },
  equals: number('The value is this number.'),
  not_equals: number('The value is not this number.'),
  greater_than: number('The value is above this number.'),
  greater_equals: number('The value is this number or above.'),
  less_than: number('The value is below this number.'),
  less_equals: number('The value is this number or below.'),
} as const satisfies Tree;

function filters(what: string) {
  return {
    doc: `Conditions that ${what} must meet: attribute name to clauses; all must hold.`,
    format: 'objectmap',
    default: {},
    children: clauses,
  } as const satisfies Setting;
}

export const filter = {
  application: { ...filters('spans'), live: true },
  network: filters('network flows'),
  stats: filters('TCP statistics'),
} as const satisfies Tree;

export type FilterConfig = ValueOf<typeof filter>;
/** The clauses of one attribute. */
export type FilterClauses = FilterConfig['application'][string];
