import { lookup, lookupService } from 'node:dns/promises';
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';

/** The machine, as every service on it is described. */
export interface Host {
  /** Host part of `service.instance.id`. */
  readonly name: string;
  /** host.name, host.id, os.type, and what a cloud says. */
  readonly resource: Readonly<Record<string, string>>;
  /** For processes that say nothing of themselves: the agent's own OTEL_RESOURCE_ATTRIBUTES. */
  readonly defaultResource: Readonly<Record<string, string>>;
}

export interface HostOptions {
  /** Asks DNS for the full name. */
  readonly dns: boolean;
  readonly overrideName?: string;
  readonly overrideId?: string;
  /** What the firmware says, in a cloud. */
  readonly firmwareId?: string;
  /** The agent's own OTEL_RESOURCE_ATTRIBUTES. */
  readonly defaultResource?: Readonly<Record<string, string>>;
  /** The agent does not wait longer than this for DNS. */
  readonly withinMs?: number;
  /** Where the files of the machine lie. */
  readonly root?: string;
}

export async function describeHost(options: HostOptions): Promise<Host> {
  const id = options.overrideId || options.firmwareId || machineId(options.root ?? '/');
  const name = options.overrideName || (await hostName(options));
  return {
    name,
    resource: { 'host.name': name, ...(id !== '' && { 'host.id': id }), 'os.type': 'linux' },
    defaultResource: options.defaultResource ?? {},
  };
}

async function hostName({ dns, withinMs = 500 }: HostOptions): Promise<string> {
  const short = hostname();
  if (!dns) return short;
  const patience = new AbortController();
  const full = await Promise.race([
    fullName(short),
    delay(withinMs, undefined, { ref: false, signal: patience.signal }),
  ]);
  patience.abort();
  return full ?? short;
}

/** What the resolver calls the addresses of this host. */
async function fullName(short: string): Promise<string | undefined> {
  try {
    for (const { address } of await lookup(short, { all: true })) {
      const { hostname: name } = await lookupService(address, 0);
      if (name !== address && !/^(ip6-)?localhost\b/.test(name)) return name.replace(/\.$/, '');
    }
  } catch {
    // No resolver, or one that does not know us: the short name is all there is.
  }
  return undefined;
}

function machineId(root: string): string {
  for (const path of ['etc/machine-id', 'var/lib/dbus/machine-id']) {
    try {
      const id = readFileSync(`${root}${path}`, 'utf8').trim();
      if (id !== '') return id;
    } catch {
      // Absent in many containers.
    }
  }
  return '';
}
