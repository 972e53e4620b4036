import { readFile } from 'node:fs/promises';

/** So often at most the file is read again. */
const freshMs = 5_000;

/** The first name of each address of a hosts file (https://man7.org/linux/man-pages/man5/hosts.5.html). */
export class HostsFile {
  readonly #path: string;
  #names: Promise<ReadonlyMap<string, string>> | undefined;
  #readMs = 0;

  constructor(path = '/etc/hosts') {
    this.#path = path;
  }

  async nameOf(address: string, nowMs = Date.now()): Promise<string | undefined> {
    if (this.#names === undefined || nowMs - this.#readMs > freshMs) {
      this.#readMs = nowMs;
      this.#names = namesIn(this.#path);
    }
    return (await this.#names).get(address);
  }
}

async function namesIn(path: string): Promise<ReadonlyMap<string, string>> {
  // where there is none, DNS has to do
  const text = await readFile(path, 'utf8').catch(() => '');
  const names = new Map<string, string>();
  for (const line of text.split('\n')) {
    const [address = '', name] = line.replace(/#.*/, '').trim().split(/\s+/);
    if (name !== undefined && !names.has(address)) names.set(address, name);
  }
  return names;
}
