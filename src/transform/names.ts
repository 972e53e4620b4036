import { CLIENT_ADDRESS, SERVER_ADDRESS, SERVICE_PEER_NAME } from '../span/attributes.ts';
import type { Service } from '../span/service.ts';
import type { Span } from '../span/span.ts';

export interface NamesOptions {
  /** Name of an address from a cache; it must not wait. */
  readonly lookup: (address: string) => string | undefined;
}

/**
 * Gives the ends of a span their names. The own end is the service itself; the other end is what the resolver knows, or
 * for a client the host it asked for.
 */
export function createNames({ lookup }: NamesOptions): (spans: readonly Span[]) => readonly Span[] {
  return (spans) => {
    for (const span of spans) {
      if (span.kind === 'client' || span.kind === 'producer') nameForCaller(span, lookup);
      else nameForCallee(span, lookup);
    }
    return spans;
  };
}

// The ends of a connection are shared by its spans, and one connection may carry requests for several hosts: names are
// written anew for each span.
function nameForCallee({ peer, host, service, attributes }: Span, lookup: NamesOptions['lookup']): void {
  peer.name = near(lookup(peer.address) ?? '', service);
  host.name = near(lookup(host.address) ?? service.name, service);
  if (CLIENT_ADDRESS in attributes) attributes[CLIENT_ADDRESS] = peer.name || peer.address;
  if (SERVER_ADDRESS in attributes) attributes[SERVER_ADDRESS] = host.name;
}

function nameForCaller({ peer, host, service, authority, attributes }: Span, lookup: NamesOptions['lookup']): void {
  const resolved = near(lookup(host.address) ?? '', service);
  peer.name = near(lookup(peer.address) ?? service.name, service);
  host.name = resolved || authority;
  if (SERVICE_PEER_NAME in attributes) attributes[SERVICE_PEER_NAME] = resolved;
  if (SERVER_ADDRESS in attributes) attributes[SERVER_ADDRESS] = authority || resolved || host.address;
}

/** Within a namespace its services are called without it. */
function near(name: string, { namespace }: Service): string {
  return namespace !== '' && name.endsWith(`.${namespace}`) ? name.slice(0, -namespace.length - 1) : name;
}
