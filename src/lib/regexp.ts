/** A regular expression that is searched anywhere in a text. */
export interface Regexp {
  readonly text: string;
  matches(value: string): boolean;
}

const posixClasses: Readonly<Record<string, string>> = {
  alnum: '0-9A-Za-z',
  alpha: 'A-Za-z',
  ascii: '\\x00-\\x7F',
  blank: '\\t ',
  cntrl: '\\x00-\\x1F\\x7F',
  digit: '0-9',
  graph: '!-~',
  lower: 'a-z',
  print: ' -~',
  punct: '!-\\/:-@\\[-`{-~',
  space: '\\t\\n\\v\\f\\r ',
  upper: 'A-Z',
  word: '0-9A-Za-z_',
  xdigit: '0-9A-Fa-f',
};

/**
 * Go's RE2 dialect (https://github.com/google/re2/wiki/Syntax), as far as it differs from JavaScript's.
 *
 * @throws Error that says what is wrong with the text
 */
export function parseRegexp(text: string): Regexp {
  if (/\(\?<?[=!]/.test(text)) throw new Error('look-around is not part of RE2');
  if (/(?:^|[^\\])(?:\\\\)*\\[1-9]/.test(text)) throw new Error('back-references are not part of RE2');
  const [whole = '', flags = ''] = /^\(\?([imsU]+)\)/.exec(text) ?? [];
  const source = translated(text.slice(whole.length));
  const expression = compiled(source, flags.replace('U', ''));
  return { text, matches: (value) => expression.test(value) };
}

function compiled(source: string, flags: string): RegExp {
  try {
    return new RegExp(source, `${flags}u`);
  } catch {
    // The `u` flag refuses some escapes that RE2 allows, such as `\-`.
  }
  try {
    return new RegExp(source, flags);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(reason.replace(/^Invalid regular expression: /, ''), { cause });
  }
}

function translated(text: string): string {
  return text
    .replace(/\\Q(.*?)(?:\\E|$)/gs, (_, raw: string) => raw.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&'))
    .replace(/\(\?P</g, '(?<')
    .replace(/\[:(\^?)(\w+):\]/g, (whole, not: string, name: string) => {
      const members = posixClasses[name];
      if (members === undefined) throw new Error(`unknown character class ${whole}`);
      if (not !== '') throw new Error(`${whole} is not understood; write [^…]`);
      return members;
    })
    .replace(/\\A/g, '^')
    .replace(/\\z/g, '$');
}
