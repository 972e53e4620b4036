import { nearest } from '../lib/nearest.ts';
import { formats } from './formats.ts';
import { scalar } from './formats-plain.ts';
import { isWordList } from './parse-setting.ts';
import type { Note, Problem } from './problem.ts';
import { isSetting, type Setting, type Tree } from './tree.ts';
import type { Layer, Written } from './written.ts';
import type { YamlEntry, YamlMap, YamlNode } from './yaml.ts';

/** A key of the file that the schema does not have. */
export interface Stray {
  readonly path: string;
  readonly entry: YamlEntry;
}

export interface FileLayer {
  readonly values: Layer;
  /** Keys that are set to null although they have parts: `routes:`. */
  readonly nulls: ReadonlyMap<string, number>;
  /** To be looked up among the old names. */
  readonly strays: readonly Stray[];
  readonly unknown: readonly Note[];
  readonly problems: readonly Problem[];
  /** Line of a path, also of one inside a value: `discovery.instrument[0].exe_path`. */
  readonly lines: ReadonlyMap<string, number>;
}

/** Lists in which a key that nobody knows is a condition that cannot be met: refused. */
const checkedSelectors = /^discovery\.(?:exclude_)?(?:instrument|services)\[/;
/** Lists of selectors, whose entries tolerate unknown texts but not unknown structures. */
const selectorEntry = /(?:^discovery\.[a-z_]+|^injector\.[a-z_]+|\.service)\[\d+\]$/;

/** Decodes a file onto the schema. */
export function readFileLayer(file: string, root: YamlNode | undefined, schema: Tree): FileLayer {
  const reader = new FileReader(file);
  if (root !== undefined) reader.readTop(root, schema);
  return reader;
}

class FileReader implements FileLayer {
  readonly values: Layer = new Map();
  readonly nulls = new Map<string, number>();
  readonly strays: Stray[] = [];
  readonly unknown: Note[] = [];
  readonly problems: Problem[] = [];
  readonly lines = new Map<string, number>();
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
  }

  readTop(root: YamlNode, schema: Tree): void {
    if (isNull(root)) return;
    if (root.is === 'map') this.#section('', root, schema);
    else this.#refuse('', root, 'is not a mapping of keys to values', 'a YAML mapping');
  }

  #section(path: string, map: YamlMap, tree: Tree): void {
    for (const entry of map.entries) {
      const at = path === '' ? entry.key : `${path}.${entry.key}`;
      this.lines.set(at, entry.line);
      const node = Object.hasOwn(tree, entry.key) ? tree[entry.key] : undefined;
      if (node === undefined || isWithoutKey(node)) this.strays.push({ path: at, entry });
      else if (isSetting(node)) this.#setting(at, entry, node);
      else if (isNull(entry.value)) this.nulls.set(at, entry.line);
      else if (entry.value.is === 'map') this.#section(at, entry.value, node);
      else this.#refuse(at, entry.value, 'is not a mapping', `the keys ${Object.keys(node).join(', ')}`);
    }
  }

  #setting(path: string, { value, line }: YamlEntry, setting: Setting): void {
    if (isNull(value)) {
      const empty = emptyOf(setting);
      if (empty !== undefined) this.values.set(path, { written: empty, origin: this.#origin(line) });
      return;
    }
    const written = this.decode(path, value, setting);
    if (written !== undefined) this.values.set(path, { written, origin: this.#origin(line) });
  }

  #origin(line: number) {
    return { from: 'file', file: this.#file, line } as const;
  }

  decode(path: string, node: YamlNode, setting: Setting): Written | undefined {
    if (setting.format === 'objects') return this.#objects(path, node, setting.children ?? {});
    if (setting.format === 'objectmap') return this.#objectMap(path, node, setting.children ?? {});
    const { format } = setting;
    try {
      return isWordList(format) ? scalar(node) : formats[format].fromYaml(node);
    } catch (cause) {
      const accepted = isWordList(format) ? format.filter((word) => word !== '').join(', ') : formats[format].accepts;
      this.#refuse(path, node, cause instanceof Error ? cause.message : String(cause), accepted);
      return undefined;
    }
  }

  #objects(path: string, node: YamlNode, children: Tree): Written | undefined {
    if (node.is !== 'list') {
      this.#refuse(path, node, 'is not a list', `a list of entries with the keys ${Object.keys(children).join(', ')}`);
      return undefined;
    }
    return node.items.map((item, i) => this.#object(`${path}[${i}]`, item, children));
  }

  #objectMap(path: string, node: YamlNode, children: Tree): Written | undefined {
    if (node.is !== 'map') {
      this.#refuse(path, node, 'is not a mapping', `names, each with the keys ${Object.keys(children).join(', ')}`);
      return undefined;
    }
    return Object.fromEntries(
      node.entries.map(({ key, value }) => [key, this.#object(`${path}[${key}]`, value, children)]),
    );
  }

  #object(path: string, node: YamlNode, children: Tree): Written {
    this.lines.set(path, node.line);
    if (isNull(node)) return {};
    if (node.is !== 'map') {
      this.#refuse(path, node, 'is not a mapping', `the keys ${Object.keys(children).join(', ')}`);
      return {};
    }
    const pairs = node.entries.flatMap((entry): [string, Written][] => {
      const at = `${path}.${entry.key}`;
      this.lines.set(at, entry.line);
      const child = Object.hasOwn(children, entry.key) ? children[entry.key] : undefined;
      if (child === undefined) {
        this.#unknownInside(path, entry, children);
        return [];
      }
      if (!isSetting(child)) return [[entry.key, this.#object(at, entry.value, child)]];
      const written = isNull(entry.value) ? undefined : this.decode(at, entry.value, child);
      return written === undefined ? [] : [[entry.key, written]];
    });
    return Object.fromEntries(pairs);
  }

  #unknownInside(path: string, { key, line, value }: YamlEntry, children: Tree): void {
    const names = Object.keys(children);
    const isSelector = selectorEntry.test(path);
    if (isSelector && value.is !== 'scalar') {
      this.#refuse(`${path}.${key}`, value, 'is an unknown attribute with a structure', names.join(', '));
    } else if (isSelector && checkedSelectors.test(path)) {
      this.#refuse(`${path}.${key}`, value, 'is the value of an unknown attribute', hint(key, names));
    } else {
      this.unknown.push({ where: `${this.#file}:${line}`, key: `${path}.${key}`, text: hint(key, names) });
    }
  }

  #refuse(key: string, node: YamlNode, reason: string, accepted: string): void {
    const where = `${this.#file}:${this.lines.get(key) ?? node.line}`;
    this.problems.push({ where, key, reason, accepted, ...(node.is === 'scalar' && { value: node.text }) });
  }
}

function hint(key: string, names: readonly string[]): string {
  const closest = nearest(key, names);
  return closest === undefined ? names.join(', ') : `${closest} (the nearest of ${names.join(', ')})`;
}

function isWithoutKey(node: Setting | Tree): boolean {
  if (isSetting(node)) return node.variableOnly === true;
  return Object.values(node).every(isWithoutKey);
}

function isNull(node: YamlNode): boolean {
  return node.is === 'scalar' && node.type === 'null';
}

/** Null empties lists and mappings and leaves every other key as it is. */
function emptyOf({ format }: Setting): Written | undefined {
  if (format === 'objects' || format === 'list' || format === 'ints' || format === 'floats') return [];
  if (format === 'globs' || format === 'cidrs') return [];
  if (format === 'objectmap' || format === 'map' || format === 'listmap') return {};
  return undefined;
}
