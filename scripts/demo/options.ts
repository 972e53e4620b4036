import { parseArgs } from 'node:util';

export interface DemoOptions {
  /** Undefined: until Ctrl-C. */
  readonly seconds: number | undefined;
  readonly port: number;
  readonly metricsPort: number;
}

export const usage = `Usage: ./run demo [--seconds N] [--port N] [--metrics-port N]

  --seconds N       end by itself after N seconds; without it, Ctrl-C ends it
  --port N          of the sample server, 8080 without it
  --metrics-port N  where the agent serves Prometheus, 8999 without it`;

/** The options, a wish for help, or what is wrong. */
export function demoOptions(args: readonly string[]): DemoOptions | 'help' | Error {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        seconds: { type: 'string' },
        port: { type: 'string' },
        'metrics-port': { type: 'string' },
        help: { type: 'boolean' },
      },
    });
    if (values.help) return 'help';
    return {
      seconds: values.seconds === undefined ? undefined : numberIn('--seconds', values.seconds, 86_400),
      port: numberIn('--port', values.port ?? '8080', 65_535),
      metricsPort: numberIn('--metrics-port', values['metrics-port'] ?? '8999', 65_535),
    };
  } catch (error) {
    return error as Error;
  }
}

function numberIn(flag: string, text: string, highest: number): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > highest) {
    throw new Error(`${flag} takes a number from 1 to ${highest}, not ${text}`);
  }
  return value;
}
