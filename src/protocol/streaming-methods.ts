import { Lru } from '../lib/lru.ts';

/** Methods of gRPC that were seen to stream, by path: their calls are streams also when one does not show it. */
const streamingMethods = new Lru<string, true>(1000);

/** Whether a call is one of a stream; `isSeen`: it shows it. */
export function isOfStream(path: string, isSeen: boolean): boolean {
  if (isSeen) streamingMethods.set(path, true);
  return isSeen || streamingMethods.get(path) === true;
}
