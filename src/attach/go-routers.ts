import { GoPlace } from '../kernel/abi.gen.ts';
import { isSince } from '../lib/go-build.ts';
import type { Binary } from './binary.ts';
import { callsOf, probesAt, resultSite } from './go-functions.ts';
import { entry, type Functions, type GoLibrary, hook } from './go-library.ts';
import type { Probe } from './probe-family.ts';

const muxServe = 'net/http.(*ServeMux).ServeHTTP';
const muxFind = 'net/http.(*ServeMux).findHandler';

/** Since Go 1.22: https://pkg.go.dev/net/http#hdr-Patterns-ServeMux */
export const serveMux: GoLibrary = {
  name: 'Go ServeMux',
  functions: [muxServe, muxFind],
  find: (binary, found) => behind(binary, found, muxServe, muxFind, GoPlace.pattern, 0, [2, 3]),
};

const setMatch = 'github.com/gorilla/mux.routeRegexpGroup.setMatch';

/** https://github.com/gorilla/mux: called when all of a route has matched, with its regular expressions. */
export const gorilla: GoLibrary = {
  name: 'gorilla/mux',
  functions: [setMatch],
  find: (binary, found) => entry(binary, found, setMatch, hook(GoPlace.mux)),
};

const ginHandle = 'github.com/gin-gonic/gin.(*Engine).handleHTTPRequest';
const ginNext = 'github.com/gin-gonic/gin.(*Context).Next';
/** Of gin.Context.fullPath, since 1.5. */
const ginFullPath = 112;

/** https://gin-gonic.com: the handlers are called when the route is in the context. */
export const gin: GoLibrary = {
  name: 'gin',
  functions: [ginHandle, ginNext],
  find: (binary, found) => {
    const from = found.get(ginHandle);
    if (from === undefined) return [];
    return probesAt(binary, from, hook(GoPlace.context, ginFullPath), callsOf(binary, from, found.get(ginNext)));
  },
};

const chiModule = 'github.com/go-chi/chi/v5';
const chiRoute = `${chiModule}.(*Mux).routeHTTP`;
const chiFind = `${chiModule}.(*node).FindRoute`;

/** https://go-chi.io: routers within routers add to chi.Context.RoutePatterns. */
export const chi: GoLibrary = {
  name: 'chi',
  functions: [chiRoute, chiFind],
  find: (binary, found, _, { modules }) => {
    const field = isSince(modules.get(chiModule), '5.0.3') ? 176 : 48;
    const results = behind(binary, found, chiRoute, chiFind, GoPlace.parts, field);
    return results.length === 0 ? [] : [...entry(binary, found, chiFind, hook(GoPlace.lookup, 2)), ...results];
  },
};

const echoModule = 'github.com/labstack/echo/v4';
const echoServe = [`${echoModule}.(*Echo).ServeHTTP`, `${echoModule}.(*Echo).ServeHTTP.func1`];
const echoFind = `${echoModule}.(*Router).Find`;

/** https://echo.labstack.com: the router puts the path into the context. */
export const echo: GoLibrary = {
  name: 'echo',
  functions: [...echoServe, echoFind],
  find: (binary, found, _, { modules }) => {
    const version = modules.get(echoModule);
    const field = isSince(version, '4.13.0') ? 88 : isSince(version, '4.12.0') ? 80 : 16;
    const results = echoServe.flatMap((from) => behind(binary, found, from, echoFind, GoPlace.found, field));
    return results.length === 0 ? [] : [...entry(binary, found, echoFind, hook(GoPlace.lookup, 7)), ...results];
  },
};

/** Behind the calls of one function by another, as long as the results that are asked for are in their registers. */
function behind(
  binary: Binary,
  found: Functions,
  from: string,
  to: string,
  place: number,
  field: number,
  results: readonly number[] = [],
): Probe[] {
  const caller = found.get(from);
  if (caller === undefined) return [];
  return probesAt(binary, caller, hook(place, field), resultSite(binary, caller, found.get(to), results));
}
