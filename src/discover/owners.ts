import { execFile } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { Lru } from '../lib/lru.ts';

const rememberedUsers = 512;
const patienceMs = 2_000;

/** Names of users. The file is read once; whoever is not in there is asked for in the background, and is `-` until then. */
export class Owners {
  readonly #root: string;
  readonly #names = new Lru<number, string>(rememberedUsers);

  constructor(root: string, passwd = '/etc/passwd') {
    this.#root = root;
    for (const [name, , uid] of rows(passwd)) if (uid !== undefined) this.#names.set(Number(uid), name ?? '');
  }

  of(pid: number): string {
    try {
      const { uid } = statSync(`${this.#root}/${pid}`);
      const known = this.#names.get(uid);
      if (known === undefined) this.#ask(uid);
      return known ?? '-';
    } catch {
      return '-';
    }
  }

  #ask(uid: number): void {
    this.#names.set(uid, '-');
    execFile('getent', ['passwd', String(uid)], { timeout: patienceMs }, (error, output) => {
      if (error === null) this.#names.set(uid, output.split(':', 1)[0] || '-');
    });
  }
}

function rows(path: string): readonly string[][] {
  try {
    return readFileSync(path, 'utf8')
      .split('\n')
      .map((line) => line.split(':'));
  } catch {
    return [];
  }
}
