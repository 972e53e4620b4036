import { GoCookie, GoPlace } from '../kernel/abi.gen.ts';
import { callsOf, probesAt } from './go-functions.ts';
import { entry, type GoLibrary, hook } from './go-library.ts';

const handler = 'net/http.serverHandler.ServeHTTP';
const spawn = 'runtime.newproc.func1';
const enqueue = 'runtime.runqput';
const call = 'net/http.(*persistConn).roundTrip';
const streams = ['net/http.(*http2serverConn).runHandler', 'golang.org/x/net/http2.(*serverConn).runHandler'];

export const netHttp: GoLibrary = {
  name: 'Go net/http',
  functions: [handler, ...streams],
  find: (binary, found, { handlerTimes }) => [
    ...(handlerTimes ? entry(binary, found, handler, hook(GoPlace.handler)) : []),
    ...streams.flatMap((one) => entry(binary, found, one, hook(GoPlace.stream, handlerTimes ? GoCookie.tell : 0))),
  ],
};

/** Both or none: the goroutines that write for others would be taken for whoever began them. */
export const goroutines: GoLibrary = {
  name: 'Go goroutines',
  functions: [spawn, enqueue, call],
  find: (binary, found, { traces }) => {
    const begin = found.get(spawn);
    if (!traces || begin === undefined) return [];
    const calls = callsOf(binary, begin, found.get(enqueue));
    return [...probesAt(binary, begin, hook(GoPlace.spawn), calls), ...entry(binary, found, call, hook(GoPlace.call))];
  },
};
