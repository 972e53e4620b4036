import { isSetting, type Setting, type Tree } from './tree.ts';

/** A JSON Schema (https://json-schema.org), as far as editors need it. */
export type JsonSchema = { readonly [key: string]: unknown };

export function jsonSchemaOf(tree: Tree): JsonSchema {
  const shared = new Shared();
  const root = objectOf(tree, shared);
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Configuration file',
    ...root,
    $defs: shared.definitions,
  };
}

/** Entries of lists are described once, although several lists have the same. */
class Shared {
  readonly definitions: Record<string, JsonSchema> = {};
  readonly #names = new Map<Tree, string>();

  reference(children: Tree): JsonSchema {
    const known = this.#names.get(children);
    const name = known ?? `entry${this.#names.size + 1}`;
    if (known === undefined) {
      this.#names.set(children, name);
      this.definitions[name] = objectOf(children, this);
    }
    return { $ref: `#/$defs/${name}` };
  }
}

function objectOf(tree: Tree, shared: Shared): JsonSchema {
  const entries = Object.entries(tree).flatMap(([key, node]): [string, JsonSchema][] => {
    if (!isSetting(node)) {
      const below = objectOf(node, shared);
      return Object.keys(below['properties'] as object).length === 0 ? [] : [[key, below]];
    }
    return node.variableOnly ? [] : [[key, described(node, shared)]];
  });
  return { type: ['object', 'null'], additionalProperties: false, properties: Object.fromEntries(entries) };
}

function described(setting: Setting, shared: Shared): JsonSchema {
  return {
    description: setting.doc,
    ...typeOf(setting, shared),
    ...(setting.default !== undefined && { default: setting.default }),
    ...(setting.deprecated !== undefined && { deprecated: true }),
  };
}

const text = { type: 'string' };
/** Numbers and truth values need no quotes where a text is expected. */
const anyScalar = { type: ['string', 'number', 'boolean'] };
const texts = { type: ['array', 'null'], items: anyScalar };
const duration = { type: 'string', pattern: '^[-+]?(0|((\\d+\\.?\\d*|\\.\\d+)(ns|us|µs|μs|ms|s|m|h))+)$' };

function typeOf(setting: Setting, shared: Shared): JsonSchema {
  const { format, children = {}, items } = setting;
  if (typeof format !== 'string') {
    const isStrict = setting.otherwise === undefined && !setting.anyCase;
    return isStrict ? { enum: format } : { ...anyScalar, examples: format };
  }
  switch (format) {
    case 'objects':
      return { type: ['array', 'null'], items: shared.reference(children) };
    case 'objectmap':
      return { type: ['object', 'null'], additionalProperties: shared.reference(children) };
    case 'list':
      return items?.unknown === 'refused' && !setting.anyCase ? { ...texts, items: { enum: items.of } } : texts;
    case 'boolean':
      return { type: 'boolean' };
    case 'int':
    case 'port':
      return { type: 'integer' };
    case 'float':
      return { type: 'number' };
    case 'duration':
      return duration;
    case 'ports':
      return { oneOf: [text, { type: 'integer' }, { type: 'array', items: { type: 'integer' } }] };
    case 'ints':
      return { type: ['array', 'null'], items: { type: 'integer' } };
    case 'floats':
      return { type: ['array', 'null'], items: { type: 'number' } };
    case 'globs':
      return texts;
    case 'map':
    case 'globmap':
    case 'regexpmap':
      return { type: ['object', 'null'], additionalProperties: anyScalar };
    case 'listmap':
      return { type: ['object', 'null'], additionalProperties: texts };
    case 'cidrs':
      return { type: ['array', 'null'], items: { type: ['string', 'object'] } };
    default:
      return anyScalar;
  }
}
