import { Resolver } from 'node:dns/promises';
import { Lru } from '../lib/lru.ts';
import { ownText } from '../lib/own-text.ts';
import { HostsFile } from './hosts-file.ts';

export interface ReverseNamesOptions {
  /** Addresses that are remembered, those without a name too. */
  readonly size: number;
  readonly ttlMs: number;
  /** Names of an address; fails when there is none. */
  readonly ask?: (address: string) => Promise<readonly string[]>;
}

interface Known {
  /** Empty when there is none. */
  readonly name: string;
  readonly untilMs: number;
}

/** Questions under way at once; an address for which there is no room is asked for when it is seen again. */
const maxAsked = 32;
const patience = { timeout: 2_000, tries: 2 };

/**
 * Names of addresses from the hosts file and DNS, asked for in the background: what is not known yet has no name. A name
 * that has become old is told until its successor is known, so that series do not change for a moment.
 */
export class ReverseNames {
  readonly #known: Lru<string, Known>;
  readonly #asked = new Set<string>();
  readonly #ttlMs: number;
  readonly #ask: (address: string) => Promise<readonly string[]>;

  constructor({ size, ttlMs, ask }: ReverseNamesOptions) {
    // the cache keeps up to twice its size
    this.#known = new Lru(Math.max(1, Math.floor(size / 2)));
    this.#ttlMs = ttlMs;
    this.#ask = ask ?? askHere();
  }

  lookup(address: string, nowMs = Date.now()): string | undefined {
    const known = this.#known.get(address);
    if (known === undefined || known.untilMs <= nowMs) this.#wonder(address);
    return known?.name || undefined;
  }

  #wonder(address: string): void {
    if (this.#asked.size >= maxAsked || this.#asked.has(address)) return;
    const own = ownText(address);
    this.#asked.add(own);
    void this.#ask(own)
      .then(
        ([name = '']) => cleaned(name),
        () => '',
      )
      .then((name) => {
        this.#asked.delete(own);
        this.#known.set(own, { name, untilMs: Date.now() + this.#ttlMs });
      });
  }
}

function askHere(): (address: string) => Promise<readonly string[]> {
  const hosts = new HostsFile();
  const resolver = new Resolver(patience);
  return async (address) => {
    const name = await hosts.nameOf(address);
    return name === undefined ? await resolver.reverse(address) : [name];
  };
}

/** The name of a service as people say it: without what a cluster writes around it. */
function cleaned(name: string): string {
  return name
    .replace(/\.$/, '')
    .replace(/\.svc\.cluster\.local$/, '')
    .replace(/^\d+-\d+-\d+-\d+\.(?=.)/, '');
}
