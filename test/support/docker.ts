import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { GenericContainer } from 'testcontainers';
import { root } from './programs.ts';
import { until } from './until.ts';

// Inside a container testcontainers would look for published ports at the gateway; and its sweeper is an image of its own.
process.env['TESTCONTAINERS_HOST_OVERRIDE'] = '127.0.0.1';
process.env['TESTCONTAINERS_RYUK_DISABLED'] = 'true';

export const images = { agent: 'grafana/beyla', nonRoot: 'grafana/beyla:nonroot' } as const;
/** Never asks a registry: what is used here has been built or made before. */
export const localOnly = { shouldPull: () => false };

/** Output of the docker command. */
export function docker(...args: readonly string[]): string {
  return execFileSync('docker', args, { encoding: 'utf8', maxBuffer: 64 << 20 });
}

/** Builds the image by the same script as `./run image` and returns what that printed. */
export function buildAgentImage(): string {
  return execFileSync(join(root, 'scripts/docker/image.sh'), {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

export function provideBases(...names: readonly string[]): void {
  execFileSync(join(root, 'scripts/docker/bases.sh'), names, { stdio: ['ignore', 'inherit', 'inherit'] });
}

/** The agent in a container that sees the processes of the host. */
export class AgentContainer extends GenericContainer {
  readonly #lines: string[] = [];

  constructor(image: string, env: Readonly<Record<string, string>>) {
    super(image);
    this.hostConfig.PidMode = 'host';
    this.withPullPolicy(localOnly).withEnvironment({ BEYLA_TRACE_PRINTER: 'text', ...env });
    let rest = '';
    this.withLogConsumer((stream) =>
      stream.on('data', (bytes) => {
        const lines = (rest + bytes).split('\n');
        rest = lines.pop() ?? '';
        this.#lines.push(...lines);
      }),
    );
  }

  /** No privileges but these, and nothing of the image can be written. */
  withOnly(capabilities: readonly string[]): this {
    this.hostConfig.ReadonlyRootfs = true;
    return this.withDroppedCapabilities('ALL').withAddedCapabilities(...capabilities);
  }

  /** The first line that matches, already written or still to come. */
  async line(wanted: RegExp): Promise<string> {
    return until(() => this.#lines.find((line) => wanted.test(line)), {
      withinMs: 20_000,
      what: () => `the agent to write ${wanted}; it wrote:\n${this.#lines.slice(-30).join('\n')}`,
    });
  }
}
