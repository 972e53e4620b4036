import { isAddress } from '../lib/ip-text.ts';
import type { AttributeValue, Span } from '../span/span.ts';

/** What stands for a bare address of each end, so that addresses do not multiply series. Empty keeps the address. */
export interface UnresolvedNames {
  readonly own: string;
  readonly outgoing: string;
  readonly incoming: string;
}

export function isCallee({ kind }: Span): boolean {
  return kind === 'server' || kind === 'consumer';
}

/** What stands for the end that was called. */
export function calleeName(span: Span, { own, outgoing }: UnresolvedNames): string {
  return isCallee(span) ? own : outgoing;
}

/** What stands for the end that called. */
export function callerName(span: Span, { own, incoming }: UnresolvedNames): string {
  return isCallee(span) ? incoming : own;
}

export function named(address: AttributeValue | undefined, unresolved: string): string {
  if (typeof address !== 'string') return '';
  return unresolved !== '' && isAddress(address) ? unresolved : address;
}
