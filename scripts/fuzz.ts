/** Feeds mutated HTTP/2 records to the decoder: scripts/fuzz.ts [INPUTS] [SEED]. It must neither throw nor grow. */
import { fuzzHttp2, maxConnectionBytes } from '../test/support/http2-fuzz.ts';

const [inputs = 10_000_000, seed = 1] = process.argv.slice(2).map(Number);
const portion = 100_000;
const total = { spans: 0, losses: 0, mostBytes: 0 };
for (let done = 0; done < inputs; done += portion) {
  const { spans, losses, mostBytes } = fuzzHttp2(seed + done, Math.min(portion, inputs - done));
  total.spans += spans;
  total.losses += losses;
  total.mostBytes = Math.max(total.mostBytes, mostBytes);
}
console.log(`${inputs} inputs from seed ${seed}: ${JSON.stringify(total)}`);
process.exitCode = total.mostBytes <= maxConnectionBytes ? 0 : 1;
