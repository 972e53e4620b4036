/**
 * The small glob dialect of Go's `path.Match` (https://pkg.go.dev/path#Match): `*`, `?`, `[a-z]`, `[^x]`, `\`. It has no
 * `{a,b}`. A pattern that cannot be read matches itself only.
 */
export function pathGlob(pattern: string): RegExp {
  let source = '';
  for (let i = 0; i < pattern.length; i++) {
    const char = pattern.charAt(i);
    if (char === '*') source += '[^/]*';
    else if (char === '?') source += '[^/]';
    else if (char === '\\') source += escaped(pattern.charAt(++i) || '\\');
    else if (char === '[') {
      const end = pattern.indexOf(']', i + 2);
      if (end < 0) return literal(pattern);
      source += `[${pattern.slice(i + 1, end).replaceAll('\\', '\\\\')}]`;
      i = end;
    } else source += escaped(char);
  }
  try {
    return new RegExp(`^${source}$`);
  } catch {
    return literal(pattern);
  }
}

function literal(text: string): RegExp {
  return new RegExp(`^${[...text].map(escaped).join('')}$`);
}

function escaped(char: string): string {
  return /[\\^$.*+?()[\]{}|/]/.test(char) ? `\\${char}` : char;
}
