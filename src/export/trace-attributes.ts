import { type AttributeRule, off, on } from '../metrics/definition.ts';
import { type Select, selectedAttributes } from '../metrics/selection.ts';
import { URL_QUERY } from '../span/attributes.ts';

/** Span attributes that `attributes.select.traces` may turn on or off; all others are always shown. */
const selectable: readonly AttributeRule[] = [
  ...on('dns.question.name', URL_QUERY),
  ...off('db.query.text', 'db.response.error', 'graphql.document'),
];

/** The span attributes that are not exported. */
export function hiddenSpanAttributes(select: Select): (attribute: string) => boolean {
  const own = select['traces'];
  const shown = new Set(selectedAttributes('traces', selectable, own === undefined ? {} : { traces: own }));
  const hidden = new Set(selectable.filter((rule) => !shown.has(rule)).map(({ name }) => name));
  return (attribute) => hidden.has(attribute);
}

/** `attributes.select.resource` filters the attributes of every resource. */
export function hiddenResourceAttributes(select: Select): (attribute: string) => boolean {
  const own = select['resource'];
  if (own === undefined) return () => false;
  return (attribute) => selectedAttributes('resource', on(attribute), { resource: own }).length === 0;
}
