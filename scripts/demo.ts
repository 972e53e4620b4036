// ./run demo: the sample server, a gentle load and the agent, and what the agent sees of them.
import { runDemo } from './demo/demo.ts';
import { demoOptions, usage } from './demo/options.ts';

const options = demoOptions(process.argv.slice(2));
if (options === 'help') {
  console.log(usage);
  process.exit(0);
}
if (options instanceof Error) {
  console.error(`${options.message}\n\n${usage}`);
  process.exit(2);
}
process.exit(await runDemo(options));
