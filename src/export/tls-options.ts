import { readFileSync } from 'node:fs';
import type { ConnectionOptions } from 'node:tls';
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
