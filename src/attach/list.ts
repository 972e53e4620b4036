import { gnutls } from './gnutls.ts';
import { goLibraries } from './go.ts';
import type { GoQuestions } from './go-library.ts';
import { goTls } from './go-tls.ts';
import { monoBtls } from './mono-btls.ts';
import { openssl } from './openssl.ts';
import type { ProbeFamily } from './probe-family.ts';

/** `go`: undefined when the libraries of Go are to be left alone. */
export function familiesFor(go: GoQuestions | undefined): readonly ProbeFamily[] {
  return [openssl, gnutls, monoBtls, goTls, ...(go === undefined ? [] : [goLibraries(go)])];
}
