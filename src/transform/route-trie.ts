/** Nodes a service may have, so that a flood of paths stays bounded however deep it is. */
const maxNodes = 10_000;

interface Node {
  readonly children: Map<string, Node>;
  /** Set once, never unset: the one child that stands for all. */
  wildcard: Node | undefined;
}

/** Replaces a segment of paths by the wildcard once it was seen with too many values. What collapsed stays collapsed. */
export class RouteTrie {
  readonly #maxChildren: number;
  readonly #wildcardText: string;
  #root = newNode();
  #nodes = 1;
  /** Grows with each collapse: what was said about a path before may be no longer true. */
  version = 0;

  constructor(maxChildren: number, wildcard: string) {
    this.#maxChildren = maxChildren;
    this.#wildcardText = wildcard;
  }

  routeOf(path: string): string {
    const plain = withoutMethod(path.split('?', 1)[0] ?? '');
    if (this.#maxChildren <= 0 || plain === '' || plain === '/') return plain;
    let node = this.#root;
    let route = '';
    for (const segment of plain.replace(/^\/+|\/+$/g, '').split('/')) {
      if (segment === '') {
        route += '/';
        continue;
      }
      const known = node.children.get(segment);
      if (node.wildcard === undefined && known !== undefined) {
        node = known;
        route += `/${segment}`;
      } else if (node.wildcard === undefined && node.children.size < this.#maxChildren && this.#nodes < maxNodes) {
        node = this.#added(node, segment);
        route += `/${segment}`;
      } else {
        node = node.wildcard ?? this.#collapse(node);
        route += `/${this.#wildcardText}`;
      }
    }
    return route;
  }

  #added(parent: Node, segment: string): Node {
    const child = newNode();
    parent.children.set(segment, child);
    this.#nodes++;
    return child;
  }

  /** Merges all children into one. */
  #collapse(node: Node): Node {
    this.version++;
    const all = newNode();
    this.#nodes++;
    node.wildcard = all;
    for (const child of node.children.values()) this.#merge(child, all);
    node.children.clear();
    if (all.wildcard === undefined && all.children.size > this.#maxChildren) this.#collapse(all);
    return all;
  }

  #merge(from: Node, into: Node): void {
    this.#nodes--;
    if (from.wildcard !== undefined || into.wildcard !== undefined) {
      const all = into.wildcard ?? this.#collapse(into);
      for (const child of from.children.values()) this.#merge(child, all);
      if (from.wildcard !== undefined) this.#merge(from.wildcard, all);
      return;
    }
    for (const [segment, child] of from.children) {
      const known = into.children.get(segment);
      if (known === undefined) into.children.set(segment, child);
      else this.#merge(child, known);
    }
  }
}

function newNode(): Node {
  return { children: new Map(), wildcard: undefined };
}

/** Some sources write `GET /path`. */
function withoutMethod(path: string): string {
  return path.startsWith('/') ? path : path.replace(/^(GET|POST|PATCH|DELETE|OPTIONS|HEAD) /, '');
}
