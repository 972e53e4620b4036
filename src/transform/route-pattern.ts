interface Node {
  readonly exact: Map<string, Node>;
  /** Segments that begin with a text and go on freely, in order of definition; an empty text takes any segment. */
  readonly free: { readonly prefix: string; readonly node: Node }[];
  /** Pattern whose `*` takes the rest from here. */
  rest: string | undefined;
  /** Pattern that ends here. */
  route: string | undefined;
}

/**
 * The patterns of the configuration as one tree: `/user/:id`, `/user/{id}`, `/v:version`, `/static/*`. In each segment a
 * literal goes before a pattern and a pattern before `*`; a choice is never taken back.
 */
export class RoutePatterns {
  readonly #root = newNode();

  constructor(patterns: readonly string[]) {
    for (const pattern of patterns) this.#add(pattern);
  }

  /** The pattern that takes the path. */
  match(path: string): string | undefined {
    let node = this.#root;
    for (const token of tokensOf(path)) {
      const next = node.exact.get(token) ?? freeChild(node, token);
      if (next === undefined) return node.rest;
      node = next;
    }
    return node.route ?? node.rest;
  }

  #add(pattern: string): void {
    let node = this.#root;
    for (const token of tokensOf(pattern)) {
      if (token === '*') {
        node.rest ??= pattern;
        return;
      }
      const prefix = prefixOf(token);
      node = prefix === undefined ? exactNode(node, token) : freeNode(node, prefix);
    }
    node.route ??= pattern;
  }
}

function newNode(): Node {
  return { exact: new Map(), free: [], rest: undefined, route: undefined };
}

/** One empty token at each end comes from the slashes there. */
function tokensOf(path: string): readonly string[] {
  const tokens = path.split('/');
  if (tokens[0] === '') tokens.shift();
  if (tokens.at(-1) === '') tokens.pop();
  return tokens;
}

/** What a segment must begin with, undefined when the token is a literal. */
function prefixOf(token: string): string | undefined {
  if (token.startsWith('{') && token.endsWith('}')) return '';
  const colon = token.indexOf(':');
  return colon >= 0 && colon < token.length - 1 ? token.slice(0, colon) : undefined;
}

function freeChild({ free }: Node, token: string): Node | undefined {
  return free.find(({ prefix }) => prefix === '' || (token.length > prefix.length && token.startsWith(prefix)))?.node;
}

function exactNode(parent: Node, token: string): Node {
  const node = parent.exact.get(token) ?? newNode();
  parent.exact.set(token, node);
  return node;
}

function freeNode(parent: Node, prefix: string): Node {
  const known = parent.free.find((entry) => entry.prefix === prefix);
  if (known !== undefined) return known.node;
  const node = newNode();
  parent.free.push({ prefix, node });
  return node;
}
