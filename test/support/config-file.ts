import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Agent } from './agent.ts';
import { until } from './until.ts';

/** What makes the agent look at its file again. */
export const ways = ['the file is written', 'another file takes its place', 'SIGHUP'] as const;
export type Way = (typeof ways)[number];

/** The configuration file of an agent under test, in a directory of its own. */
export class ConfigFile {
  readonly #folder = mkdtempSync(join(tmpdir(), 'beyla-reload-'));
  readonly path = join(this.#folder, 'beyla.yml');

  constructor(settings: object) {
    this.write(settings);
  }

  /** JSON is YAML. */
  write(settings: object | string): void {
    writeFileSync(this.path, typeof settings === 'string' ? settings : JSON.stringify(settings));
  }

  /** Waits until the agent has taken the settings over, and returns what it said about them. */
  async reload(agent: Agent, settings: object, way: Way = 'the file is written'): Promise<readonly string[]> {
    return this.#told(agent, /configuration reloaded/, settings, way);
  }

  /** Waits until the agent has refused the settings, and returns what it said about them. */
  async refused(agent: Agent, settings: object | string): Promise<readonly string[]> {
    return this.#told(agent, /the new configuration is refused/, settings, 'the file is written');
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true });
  }

  async #told(agent: Agent, end: RegExp, settings: object | string, way: Way): Promise<readonly string[]> {
    const before = agent.log.length;
    if (way === 'another file takes its place') {
      const next = join(this.#folder, 'next.yml');
      writeFileSync(next, JSON.stringify(settings));
      renameSync(next, this.path);
    } else {
      this.write(settings);
      if (way === 'SIGHUP') process.kill(agent.pid, 'SIGHUP');
    }
    const said = () => agent.log.slice(before);
    await until(() => said().some((line) => end.test(line)), { what: () => `${end} in\n${said().join('\n')}` });
    return said();
  }
}
