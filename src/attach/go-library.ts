import { GoCookie, GoPlace } from '../kernel/abi.gen.ts';
import { type GoBuild, readGoBuild } from '../lib/go-build.ts';
import { findGoFunctions, type GoFunction } from '../lib/go-functions.ts';
import type { Binary } from './binary.ts';
import { callsOf, goProbes, probesAt, resultSite } from './go-functions.ts';
import { goProcessOf } from './go-process.ts';
import type { Hook, Probe, ProbeFamily } from './probe-family.ts';

/** What is asked of libraries in Go. */
export interface GoQuestions {
  /** When the handler of a request begins: what it waited for before. */
  readonly handlerTimes: boolean;
  /** Which request a call belongs to. */
  readonly traces: boolean;
}

type Functions = ReadonlyMap<string, GoFunction>;

/** A library, told by its functions, and what to probe in it. */
interface GoLibrary {
  readonly name: string;
  readonly functions: readonly string[];
  find(binary: Binary, found: Functions, questions: GoQuestions, build: GoBuild): readonly Probe[];
}

const handler = 'net/http.serverHandler.ServeHTTP';
const spawn = 'runtime.newproc.func1';
const enqueue = 'runtime.runqput';
const call = 'net/http.(*persistConn).roundTrip';
const serveMux = 'net/http.(*ServeMux).ServeHTTP';
const findHandler = 'net/http.(*ServeMux).findHandler';
const streams = ['net/http.(*http2serverConn).runHandler', 'golang.org/x/net/http2.(*serverConn).runHandler'];

function hook(place: number, field = 0): Hook {
  return { program: 'go_library', cookie: place + field * 2 ** GoCookie.fieldShift };
}

function entry(binary: Binary, found: Functions, symbol: string, at: Hook): Probe[] {
  return goProbes(binary, { symbol, arguments: 0, entry: at }, found.get(symbol));
}

const netHttp: GoLibrary = {
  name: 'Go net/http',
  functions: [handler, ...streams],
  find: (binary, found, { handlerTimes }) => [
    ...(handlerTimes ? entry(binary, found, handler, hook(GoPlace.handler)) : []),
    ...streams.flatMap((one) => entry(binary, found, one, hook(GoPlace.stream, handlerTimes ? GoCookie.tell : 0))),
  ],
};

/** Both or none: the goroutines that write for others would be taken for whoever began them. */
const goroutines: GoLibrary = {
  name: 'Go goroutines',
  functions: [spawn, enqueue, call],
  find: (binary, found, { traces }) => {
    const begin = found.get(spawn);
    if (!traces || begin === undefined) return [];
    const calls = callsOf(binary, begin, found.get(enqueue));
    return [...probesAt(binary, begin, hook(GoPlace.spawn), calls), ...entry(binary, found, call, hook(GoPlace.call))];
  },
};

/** Since Go 1.22: https://pkg.go.dev/net/http#hdr-Patterns-ServeMux */
const patterns: GoLibrary = {
  name: 'Go ServeMux',
  functions: [serveMux, findHandler],
  find: (binary, found) => {
    const serving = found.get(serveMux);
    return serving === undefined
      ? []
      : probesAt(binary, serving, hook(GoPlace.pattern), resultSite(binary, serving, found.get(findHandler), [2, 3]));
  },
};

const libraries: readonly GoLibrary[] = [netHttp, goroutines, patterns];

/** What the wire does not tell of programs in Go: stripped, static, loaded anywhere. */
export function goLibraries(questions: GoQuestions): ProbeFamily {
  return {
    name: 'Go',
    symbols: [],
    find: async (binary) => {
      const build = readGoBuild(binary.file, binary.sections);
      if (build === undefined || goProcessOf(build) === undefined) return [];
      const names = libraries.flatMap(({ functions }) => functions);
      const found = await findGoFunctions(binary.file, binary.sections, names);
      return libraries.flatMap((library) =>
        library.find(binary, found, questions, build).map((probe) => ({ ...probe, library: library.name })),
      );
    },
  };
}
