import { readGoBuild } from '../lib/go-build.ts';
import { findGoFunctions } from '../lib/go-functions.ts';
import { grpcServer } from './go-grpc.ts';
import type { GoLibrary, GoQuestions } from './go-library.ts';
import { goroutines, netHttp } from './go-net-http.ts';
import { goProcessOf } from './go-process.ts';
import { chi, echo, gin, gorilla, serveMux } from './go-routers.ts';
import type { ProbeFamily } from './probe-family.ts';

const libraries: readonly GoLibrary[] = [netHttp, goroutines, grpcServer, serveMux, gorilla, gin, chi, echo];

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
