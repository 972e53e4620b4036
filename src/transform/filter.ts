import type { FilterClauses } from '../config/sections/filter.ts';
import { AgentError } from '../lib/agent-error.ts';
import * as attributeNames from '../span/attributes.ts';
import type { AttributeValue, Span } from '../span/span.ts';

type Read = (span: Span) => AttributeValue | undefined;
type Holds = (value: AttributeValue | undefined) => boolean;

/** Facts that a span has beside its attributes, or that other transforms write. */
const facts: Readonly<Record<string, Read>> = {
  [attributeNames.SERVICE_NAME]: ({ service }) => service.name,
  [attributeNames.SERVICE_NAMESPACE]: ({ service }) => service.namespace,
  [attributeNames.SERVICE_INSTANCE_ID]: ({ service }) => service.instanceId,
  [attributeNames.HTTP_ROUTE]: ({ route }) => route,
  [attributeNames.HTTP_METHOD]: ({ method }) => method,
  [attributeNames.HTTP_STATUS]: ({ statusCode }) => statusCode,
  [attributeNames.URL_PATH]: ({ path }) => path,
};

/** Attributes of the service's resource. */
const resourcePrefixes = ['k8s.', 'container.', 'host.', 'deployment.', 'service.'];

/**
 * Keeps the spans that meet all conditions, before any exporter sees them.
 *
 * @throws AgentError when a condition names an attribute that no span has
 */
export function createFilter(
  conditions: Readonly<Record<string, FilterClauses>>,
): (spans: readonly Span[]) => readonly Span[] {
  const tests = Object.entries(conditions).map(([name, clauses]) => {
    const [read, holds] = [readerOf(name), conditionOf(clauses)];
    return (span: Span) => holds(read(span));
  });
  if (tests.length === 0) return (spans) => spans;
  return (spans) => spans.filter((span) => tests.every((test) => test(span)));
}

/** OTLP and Prometheus spellings are the same. */
function readerOf(name: string): Read {
  const spelled = name.replaceAll('.', '_');
  const known = Object.values(attributeNames).find((attribute) => attribute.replaceAll('.', '_') === spelled);
  const dotted = name.replaceAll('_', '.');
  if (known !== undefined) return facts[known] ?? ((span) => span.attributes[known]);
  if (resourcePrefixes.some((prefix) => dotted.startsWith(prefix))) {
    return ({ service: { resource } }) => resource[name] ?? resource[dotted];
  }
  throw new AgentError('filter', `filter.application: "${name}" is not an attribute of spans`);
}

/** Which clauses go together was checked when the configuration was loaded. */
function conditionOf({ match, not_match: notMatch, ...numeric }: FilterClauses): Holds {
  if (match !== undefined) return (value) => match.matches(String(value ?? ''));
  if (notMatch !== undefined) return (value) => !notMatch.matches(String(value ?? ''));
  const comparisons = comparisonsOf(numeric);
  return (value) => {
    const number = typeof value === 'number' ? value : Number(value === '' ? Number.NaN : value);
    return !Number.isNaN(number) && comparisons.every((holds) => holds(number));
  };
}

function comparisonsOf(clauses: Omit<FilterClauses, 'match' | 'not_match'>): readonly ((value: number) => boolean)[] {
  const {
    equals,
    not_equals: notEquals,
    greater_than: above,
    greater_equals: atLeast,
    less_than: below,
    less_equals: atMost,
  } = clauses;
  return [
    ...(equals === undefined ? [] : [(value: number) => value === equals]),
    ...(notEquals === undefined ? [] : [(value: number) => value !== notEquals]),
    ...(above === undefined ? [] : [(value: number) => value > above]),
    ...(atLeast === undefined ? [] : [(value: number) => value >= atLeast]),
    ...(below === undefined ? [] : [(value: number) => value < below]),
    ...(atMost === undefined ? [] : [(value: number) => value <= atMost]),
  ];
}
