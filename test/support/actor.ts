import { copyFileSync, existsSync } from 'node:fs';
import { Child, type ChildOptions } from './processes.ts';
import { cProgram } from './programs.ts';
import { until } from './until.ts';

/** test/servers/c/actor.c: a process that forks, executes and listens when told. */
export class Actor {
  readonly child: Child;

  private constructor(child: Child) {
    this.child = child;
  }

  /** `path`: where to run a copy of it from, under another name. `launcher`: a command that starts it. */
  static async start(options: { path?: string; launcher?: readonly string[] } & ChildOptions = {}): Promise<Actor> {
    const { path, launcher = [], ...rest } = options;
    if (path !== undefined && !existsSync(path)) copyFileSync(cProgram('actor'), path);
    const [command = '', ...args] = [...launcher, path ?? cProgram('actor')];
    const actor = new Actor(new Child(command, args, { name: 'actor', ...rest }));
    await actor.child.line(/^ready /);
    return actor;
  }

  get pid(): number {
    return this.child.pid;
  }

  /** Tells it one thing and returns the number that it answers with. */
  async does(command: string): Promise<number> {
    const [number = Number.NaN] = await this.doesAll([command]);
    return number;
  }

  async doesAll(commands: readonly string[]): Promise<number[]> {
    const answered = this.child.lines.length;
    for (const command of commands) this.child.write(command);
    const all = answered + commands.length;
    await until(() => this.child.lines.length >= all, { what: () => `an answer to ${commands}: ${this.child.tail()}` });
    return this.child.lines.slice(answered, all).map((line) => Number(line.split(' ').at(-1)));
  }

  async stop(): Promise<void> {
    await this.child.stop();
  }
}
