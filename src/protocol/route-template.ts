/**
 * What a router's pattern says as `http.route`: without the method and host that patterns of ServeMux may begin with
 * (https://pkg.go.dev/net/http#hdr-Patterns-ServeMux), and without what joins those of nested routers of chi. Empty for
 * the pattern that every path has.
 */
export function templateOf(pattern: string): string {
  const slash = pattern.indexOf('/');
  if (slash < 0) return '';
  const path = pattern.slice(slash).replaceAll('/*/', '/');
  if (path === '/' || path === '/*') return '';
  return path.endsWith('/{$}') ? path.slice(0, -'{$}'.length) : path;
}
