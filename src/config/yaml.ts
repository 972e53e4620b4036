import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseAllDocuments,
} from 'yaml';

/** A node of the file as gopkg.in/yaml.v3, which the reference uses, would see it; every one knows its line. */
export type YamlNode = YamlScalar | YamlList | YamlMap;
export interface YamlScalar {
  readonly is: 'scalar';
  readonly line: number;
  readonly text: string;
  readonly type: 'null' | 'boolean' | 'int' | 'float' | 'string';
}
export interface YamlList {
  readonly is: 'list';
  readonly line: number;
  readonly items: readonly YamlNode[];
}
export interface YamlMap {
  readonly is: 'map';
  readonly line: number;
  readonly entries: readonly YamlEntry[];
}
export interface YamlEntry {
  readonly key: string;
  readonly line: number;
  readonly value: YamlNode;
}
export interface YamlFault {
  readonly line: number;
  readonly message: string;
}

/** The first document of the text; undefined when there is none. */
export function parseYaml(text: string): {
  readonly root: YamlNode | undefined;
  readonly faults: readonly YamlFault[];
} {
  const lines = new LineCounter();
  // Scalars are resolved here, by the rules of yaml.v3, hence the schema that leaves them alone.
  const parsed = parseAllDocuments(text, { lineCounter: lines, schema: 'failsafe', prettyErrors: false });
  const document = Array.isArray(parsed) ? parsed[0] : undefined;
  if (document === undefined) return { root: undefined, faults: [] };
  const faults = document.errors.map(({ message, pos }) => ({
    line: lines.linePos(pos[0]).line,
    message: plain(message),
  }));
  if (faults.length > 0) return { root: undefined, faults };
  return new Reader(document, lines).read();
}

function plain(message: string): string {
  return message.replace(/\s+/g, ' ').trim();
}

class Reader {
  readonly #document: Document;
  readonly #lines: LineCounter;
  readonly #faults: YamlFault[] = [];
  readonly #open = new Set<Node>();

  constructor(document: Document, lines: LineCounter) {
    this.#document = document;
    this.#lines = lines;
  }

  read(): { root: YamlNode | undefined; faults: readonly YamlFault[] } {
    const contents = this.#document.contents;
    const root = contents === null ? undefined : this.#node(contents, 1);
    return { root, faults: this.#faults };
  }

  #line(node: unknown, fallback: number): number {
    const range = (node as Node | null)?.range;
    return range ? this.#lines.linePos(range[0]).line : fallback;
  }

  #node(node: unknown, fallback: number): YamlNode {
    const line = this.#line(node, fallback);
    if (isAlias(node)) return this.#alias(node, line);
    if (isSeq(node)) return { is: 'list', line, items: node.items.map((item) => this.#node(item, line)) };
    if (isMap(node)) {
      const entries = node.items.flatMap(({ key, value }) => this.#entry(key, value, line));
      return { is: 'map', line, entries: withoutShadowed(entries) };
    }
    if (!isScalar(node)) return { is: 'scalar', line, text: '', type: 'null' };
    const text = node.value === null || node.value === undefined ? '' : String(node.value);
    const isPlain = node.type === 'PLAIN' || node.type === undefined;
    return { is: 'scalar', line, text, type: typeOf(text, node.tag, isPlain) };
  }

  #alias(node: Alias, line: number): YamlNode {
    const target = node.resolve(this.#document);
    if (target === undefined || this.#open.has(target)) {
      this.#faults.push({ line, message: `the anchor "${node.source}" is unknown or contains itself` });
      return { is: 'scalar', line, text: '', type: 'null' };
    }
    this.#open.add(target);
    const resolved = this.#node(target, line);
    this.#open.delete(target);
    return resolved;
  }

  #entry(key: unknown, value: unknown, fallback: number): (YamlEntry & { isMerged: boolean })[] {
    const line = this.#line(key, fallback);
    const read = this.#node(value, line);
    if (!isScalar(key)) {
      this.#faults.push({ line, message: 'a key must be a plain text' });
      return [];
    }
    if (key.value !== '<<' || key.type !== 'PLAIN')
      return [{ key: String(key.value ?? ''), line, value: read, isMerged: false }];
    const sources = read.is === 'list' ? read.items : [read];
    return sources.flatMap((source) =>
      source.is === 'map' ? source.entries.map((entry) => ({ ...entry, isMerged: true })) : [],
    );
  }
}

/** A merged key gives way to one that stands in the mapping itself, and to one merged before it. */
function withoutShadowed(entries: readonly (YamlEntry & { isMerged: boolean })[]): YamlEntry[] {
  const own = new Set(entries.filter((entry) => !entry.isMerged).map((entry) => entry.key));
  const merged = new Set<string>();
  return entries.filter(({ key, isMerged }) => {
    if (!isMerged) return true;
    if (own.has(key) || merged.has(key)) return false;
    merged.add(key);
    return true;
  });
}

function typeOf(text: string, tag: string | undefined, isPlain: boolean): YamlScalar['type'] {
  if (tag?.endsWith(':int')) return 'int';
  if (tag?.endsWith(':float')) return 'float';
  if (tag?.endsWith(':bool')) return 'boolean';
  if (!isPlain || tag?.endsWith(':str')) return 'string';
  if (/^(?:|~|null|Null|NULL)$/.test(text)) return 'null';
  if (/^(?:true|True|TRUE|false|False|FALSE)$/.test(text)) return 'boolean';
  if (/^[-+]?(?:0b[01_]+|0o[0-7_]+|0x[0-9a-fA-F_]+|\d[\d_]*)$/.test(text)) return 'int';
  if (/^[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?$|^[-+]?\.(?:inf|Inf|INF)$|^\.(?:nan|NaN|NAN)$/.test(text))
    return 'float';
  return 'string';
}
