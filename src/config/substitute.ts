export type Variables = Readonly<Record<string, string | undefined>>;

/** `${NAME}`, `${env:NAME}`, `${NAME:-fallback}`; a `$` before it takes it literally. */
const reference = /(\$?)\$\{(?:env:)?([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}/g;

/** Replaces references to variables in the text of a file, before it is parsed: also in keys and comments. */
export function substitute(text: string, variables: Variables): string {
  return text.replace(reference, (whole, escape: string, name: string, fallback: string | undefined) => {
    if (escape !== '') return whole.slice(1);
    return valueOr(variables[name], fallback);
  });
}

/** The same for values of variables such as OTEL_EXPORTER_OTLP_HEADERS, where `$(NAME)` is also read. */
export function substituteInValue(text: string, variables: Variables): string {
  const braces = substitute(text, variables);
  return braces.replace(
    /(\$?)\$\((?:env:)?([A-Za-z_][A-Za-z0-9_]*)(?::-([^)]*))?\)/g,
    (whole, escape: string, name: string, fallback: string | undefined) =>
      escape !== '' ? whole.slice(1) : valueOr(variables[name], fallback),
  );
}

/** Shell-like `$X` and `${X}`, for the variables that are declared to expand. */
export function expand(text: string, variables: Variables): string {
  return text.replace(/\$(?:\{([^}]*)\}|([A-Za-z_][A-Za-z0-9_]*))/g, (_, braced?: string, bare?: string) => {
    return variables[braced ?? bare ?? ''] ?? '';
  });
}

function valueOr(value: string | undefined, fallback: string | undefined): string {
  return value === undefined || value === '' ? (fallback ?? '') : value;
}
