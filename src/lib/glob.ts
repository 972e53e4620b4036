/** A pattern that a whole text either matches or not. */
export interface Glob {
  readonly text: string;
  matches(value: string): boolean;
}

const special = /[\\^$.*+?()[\]{}|/]/g;

function literal(text: string): string {
  return text.replace(special, '\\$&');
}

function inClass(char: string): string {
  return /[\\\]^[-]/.test(char) ? `\\${char}` : char;
}

/**
 * The glob dialect of https://github.com/gobwas/glob without separators: `*` also crosses `/`, `?` is one character,
 * `[abc]`, `[a-z]`, `[!x]`, `{a,b}` (may nest), `\` takes the next character as it is.
 *
 * @throws Error that says what is wrong with the text
 */
export function parseGlob(text: string): Glob {
  const expression = new RegExp(`^(?:${new GlobReader(text).read()})$`, 'su');
  return { text, matches: (value) => expression.test(value) };
}

class GlobReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  read(): string {
    const source = this.#sequence(0);
    if (this.#at < this.#text.length) throw this.#error(`unexpected "${this.#text[this.#at]}"`);
    return source;
  }

  #error(what: string): Error {
    return new Error(`${what} in glob "${this.#text}"`);
  }

  /** Reads up to the end, or, inside alternatives, up to the `,` or `}` that ends this one. */
  #sequence(depth: number): string {
    let source = '';
    while (this.#at < this.#text.length) {
      const char = this.#text[this.#at] ?? '';
      if (depth > 0 && (char === ',' || char === '}')) break;
      source += this.#one(depth);
    }
    return source;
  }

  #one(depth: number): string {
    const point = this.#text.codePointAt(this.#at) ?? 0;
    const char = String.fromCodePoint(point);
    this.#at += char.length;
    if (char === '*') {
      while (this.#text[this.#at] === '*') this.#at++;
      return '.*';
    }
    if (char === '?') return '.';
    if (char === '\\') return this.#escaped();
    if (char === '[') return this.#charClass();
    if (char === '{') return this.#alternatives(depth + 1);
    if (char === '}') throw this.#error('"}" without "{"');
    return literal(char);
  }

  #escaped(): string {
    const point = this.#text.codePointAt(this.#at);
    if (point === undefined) throw this.#error('nothing after the last "\\"');
    const char = String.fromCodePoint(point);
    this.#at += char.length;
    return literal(char);
  }

  #alternatives(depth: number): string {
    const options: string[] = [];
    for (;;) {
      options.push(this.#sequence(depth));
      const end = this.#text[this.#at++];
      if (end === undefined) throw this.#error('"{" without "}"');
      if (end === '}') return `(?:${options.join('|')})`;
    }
  }

  #charClass(): string {
    const isNegated = this.#text[this.#at] === '!';
    if (isNegated) this.#at++;
    const end = this.#closingBracket();
    const body = this.#text.slice(this.#at, end);
    if (body === '') throw this.#error('empty "[]"');
    this.#at = end + 1;
    const source = body.replace(/\\(.)|[\^[]/gsu, (one, escaped?: string) => inClass(escaped ?? one));
    return this.#checked(`[${isNegated ? '^' : ''}${source}]`);
  }

  #closingBracket(): number {
    for (let i = this.#at; i < this.#text.length; i++) {
      if (this.#text[i] === '\\') i++;
      else if (this.#text[i] === ']') return i;
    }
    throw this.#error('"[" without "]"');
  }

  #checked(source: string): string {
    try {
      new RegExp(source, 'u');
      return source;
    } catch {
      throw this.#error('range out of order');
    }
  }
}
