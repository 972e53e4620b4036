/** The parts of a request-target (https://www.rfc-editor.org/rfc/rfc9112#section-3.2) that telemetry shows. */
export interface HttpTarget {
  readonly path: string;
  /** Without `?`, empty when there is none. */
  readonly query: string;
  /** Host of an absolute-form or authority-form target, empty for the usual origin-form. */
  readonly authority: string;
}

const slash = 47;

/** Never fails: what cannot be understood is a path. */
export function httpTarget(target: string): HttpTarget {
  if (target.charCodeAt(0) === slash) return splitPath(target, '');
  const scheme = target.indexOf('://');
  if (scheme > 0) {
    const rest = target.slice(scheme + 3);
    const end = rest.search(/[/?#]/);
    if (end < 0) return { path: '/', query: '', authority: rest };
    const tail = rest.charCodeAt(end) === slash ? rest.slice(end) : `/${rest.slice(end)}`;
    return splitPath(tail, rest.slice(0, end));
  }
  // CONNECT names a host and a port: there is no path
  if (/^[^/?#*]+:\d+$/.test(target)) return { path: '', query: '', authority: target };
  return splitPath(target, '');
}

function splitPath(target: string, authority: string): HttpTarget {
  const question = target.indexOf('?');
  const hash = target.indexOf('#');
  const end = hash < 0 ? target.length : hash;
  if (question < 0 || question > end) {
    return { path: hash < 0 ? target : target.slice(0, end), query: '', authority };
  }
  return { path: target.slice(0, question), query: target.slice(question + 1, end), authority };
}

/** `example.org:8080` → `example.org`, `[::1]:80` → `::1`. */
export function hostOf(authority: string): string {
  const colon = authority.indexOf(':');
  if (colon < 0) return authority;
  if (authority.charCodeAt(0) === 91) {
    const close = authority.indexOf(']');
    return close < 0 ? authority : authority.slice(1, close);
  }
  // a second colon without brackets is an IPv6 address written plainly
  return authority.indexOf(':', colon + 1) < 0 ? authority.slice(0, colon) : authority;
}
