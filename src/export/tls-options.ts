import { readFileSync } from 'node:fs';
import type { ConnectionOptions, SecureContextOptions, TlsOptions as TlsServerOptions } from 'node:tls';
import { AgentError } from '../lib/agent-error.ts';

/** Files in PEM form; an empty name is none. */
export interface TlsOptions {
  readonly insecureSkipVerify: boolean;
  readonly caFile: string;
  readonly certFile: string;
  readonly keyFile: string;
}

/** The side of the agent in a connection that it opens. */
export function clientTls({ insecureSkipVerify, caFile, certFile, keyFile }: TlsOptions): ConnectionOptions {
  return {
    rejectUnauthorized: !insecureSkipVerify,
    ...(caFile !== '' && { ca: pem(caFile) }),
    ...(certFile !== '' && { cert: pem(certFile) }),
    ...(keyFile !== '' && { key: pem(keyFile) }),
  };
}

/** @throws AgentError when the file cannot be read */
export function pem(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new AgentError('certificate', `the certificate file ${file} of an exporter cannot be read`, { cause });
  }
}

/** What stands between a page and its readers; empty texts are nothing. */
export interface ScrapeProtection {
  readonly certFile: string;
  readonly keyFile: string;
  /** Readers must show a certificate that is signed by one of these. */
  readonly clientCaFile: string;
  readonly username: string;
  readonly password: string;
}

export function serverTls({
  certFile,
  keyFile,
  clientCaFile,
}: ScrapeProtection): SecureContextOptions & TlsServerOptions {
  return {
    cert: pem(certFile),
    key: pem(keyFile),
    ...(clientCaFile !== '' && { ca: pem(clientCaFile), requestCert: true, rejectUnauthorized: true }),
  };
}
