// ./run demo: the sample server, a gentle load and the agent, and what the agent sees of them.
import { runDemo } from './demo/demo.ts';
import { demoOptions, usage } from './demo/options.ts';

const options = demoOptions(process.argv.slice(2));
if (typeof options === 'string') {
  console.error(`${options}\n\n${usage}`);
  process.exit(2);
}
process.exit(await runDemo(options));
