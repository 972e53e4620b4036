import { GoCookie, GoPlace } from '../kernel/abi.gen.ts';
import { isSince } from '../lib/go-build.ts';
import { entry, type GoLibrary, hook } from './go-library.ts';

const module = 'google.golang.org/grpc';
const handle = `${module}.(*Server).handleStream`;

/** Where the number of a stream is in what handleStream is passed; before 1.60 the connection is elsewhere. */
const layouts = [
  { since: '1.77.0', field: 108 },
  { since: '1.69.0', field: GoCookie.pointer },
  { since: '1.60.0', field: 0 },
];

/** https://pkg.go.dev/google.golang.org/grpc: each call is handled by a goroutine of its own. */
export const grpcServer: GoLibrary = {
  name: 'grpc-go',
  functions: [handle],
  find: (binary, found, { handlerTimes }, { modules }) => {
    const layout = layouts.find(({ since }) => isSince(modules.get(module), since));
    if (!handlerTimes || layout === undefined) return [];
    return entry(binary, found, handle, hook(GoPlace.grpc, layout.field));
  },
};
