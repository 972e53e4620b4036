import { gnutls } from './gnutls.ts';
import { goTls } from './go-tls.ts';
import { monoBtls } from './mono-btls.ts';
import { openssl } from './openssl.ts';
import type { ProbeFamily } from './probe-family.ts';

export const families: readonly ProbeFamily[] = [openssl, gnutls, monoBtls, goTls];
