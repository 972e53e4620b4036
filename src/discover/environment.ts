/** The variables that say how a process wants to be called. */
export type OtelEnvironment = Readonly<Record<string, string>>;

/** The OTEL_* variables of an environment; nothing else of it is kept, it may hold secrets. */
export function otelVariables(environ: readonly string[]): OtelEnvironment {
  const found: Record<string, string> = {};
  for (const entry of environ) {
    const at = entry.indexOf('=');
    if (at > 0 && entry.startsWith('OTEL_')) found[entry.slice(0, at)] = entry.slice(at + 1);
  }
  return found;
}

/**
 * `key=value,key2=value2` with percent-encoded values:
 * https://opentelemetry.io/docs/specs/otel/resource/sdk/#specifying-resource-information-via-an-environment-variable
 * A value that starts with `$` is a reference nobody has expanded and counts as absent.
 */
export function resourceAttributes(text: string | undefined): Record<string, string> {
  const found: Record<string, string> = {};
  for (const pair of (text ?? '').split(',')) {
    const at = pair.indexOf('=');
    const key = pair.slice(0, at).trim();
    const value = decoded(pair.slice(at + 1).trim());
    if (at > 0 && key !== '' && isExpanded(value)) found[key] = value;
  }
  return found;
}

export function isExpanded(value: string): boolean {
  return value !== '' && !value.startsWith('$');
}

function decoded(value: string): string {
  const plain = value.replace(/^"(.*)"$/, '$1');
  try {
    return decodeURIComponent(plain);
  } catch {
    return plain;
  }
}
