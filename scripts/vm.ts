// ./run vm: a command on another kernel. See scripts/vm/machine.ts.
import { parseArgs } from 'node:util';
import { kernels, runInGuest } from './vm/guest.ts';

const usage = `Usage: ./run vm [OPTIONS] KERNEL -- COMMAND [ARGUMENT ...]

Runs the command as root on another kernel, over this machine's files; what it writes stays in the guest.
KERNEL is one of ${kernels.join(', ')}. The exit code is the command's; 124: it hung, or its clock jumped, twice; 125: the guest died.

  --limit SECONDS  after which a guest counts as hung; 300 without it
  --memory MIB     2048 without it
  --cpus N         2 without it
  --counting       the guest's clock counts instructions, a nanosecond each, on one CPU
  --env NAME=VALUE for the command; may be repeated`;

async function main(args: string[]): Promise<number> {
  const end = args.indexOf('--');
  const { values, positionals } = parseArgs({
    args: end < 0 ? args : args.slice(0, end),
    allowPositionals: true,
    options: {
      limit: { type: 'string', default: '300' },
      memory: { type: 'string', default: '2048' },
      cpus: { type: 'string', default: '2' },
      counting: { type: 'boolean', default: false },
      env: { type: 'string', multiple: true, default: [] },
    },
  });
  const [kernel, ...more] = positionals;
  const command = end < 0 ? [] : args.slice(end + 1);
  if (kernel === undefined || more.length > 0 || command.length === 0) throw new Error('a kernel, -- and a command');
  return runInGuest({
    kernel,
    command,
    limitS: Number(values.limit),
    memoryMiB: Number(values.memory),
    cpus: Number(values.cpus),
    isCounting: values.counting,
    env: Object.fromEntries(values.env.map((pair) => [pair.split('=', 1)[0] ?? '', pair.slice(pair.indexOf('=') + 1)])),
  });
}

// Ctrl-C ends the guest too.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  console.error(`vm: ${(error as Error).message}\n\n${usage}`);
  process.exitCode = 126;
}
