/** node otlp-receiver-main.ts PORT: the receiver as a process of its own, which prints each request on a line. */
import { otlpReceiver } from './otlp-receiver.ts';

const { url } = await otlpReceiver(Number(process.argv[2]), (request) => console.log(JSON.stringify(request)));
console.log(`listening on ${url}`);
