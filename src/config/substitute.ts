export type Variables = Readonly<Record<string, string | undefined>>;

/** `${NAME}`, `${env:NAME}`, `${NAME:-fallback}`; a `$` before it takes it literally. */
const reference = /(\$?)\$\{(?:env:)?([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}/g;

/** The same, and `$(NAME)` with the same rules. */
const anyReference =
  /(\$?)\$(?:\{(?:env:)?([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}|\((?:env:)?([A-Za-z_][A-Za-z0-9_]*)(?::-([^)]*))?\))/g;

/** Replaces references to variables in the text of a file, before it is parsed: also in keys and comments. */
export function substitute(text: string, variables: Variables): string {
  return text.replace(reference, (whole, dollar: string, name: string, fallback?: string) =>
    dollar === '' ? valueOr(variables[name], fallback) : whole.slice(1),
  );
}

/** The same for values of variables such as OTEL_EXPORTER_OTLP_HEADERS, where `$(NAME)` is read as well. */
export function substituteInValue(text: string, variables: Variables): string {
  return text.replace(anyReference, (whole, dollar: string, ...groups: (string | undefined)[]) => {
    const [braced, bracedFallback, round, roundFallback] = groups;
    return dollar === '' ? valueOr(variables[braced ?? round ?? ''], bracedFallback ?? roundFallback) : whole.slice(1);
  });
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
