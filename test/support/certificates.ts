import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Certificate {
  readonly certFile: string;
  readonly keyFile: string;
  readonly cert: Buffer;
  readonly key: Buffer;
}

export interface Certificates {
  readonly ca: Certificate;
  /** For the name localhost. */
  readonly server: Certificate;
  /** For another name. */
  readonly stranger: Certificate;
  readonly client: Certificate;
  remove(): void;
}

/** A small authority of our own, with certificates signed by it, made by openssl. */
export function makeCertificates(): Certificates {
  const folder = mkdtempSync(join(tmpdir(), 'beyla-certificates-'));
  const openssl = (...args: string[]): unknown => execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });
  const key = (name: string): void =>
    void openssl('ecparam', '-name', 'prime256v1', '-genkey', '-noout', '-out', `${name}.key`);
  const subject = (name: string): readonly string[] => ['-subj', `/CN=${name}`];
  key('ca');
  openssl('req', '-x509', '-key', 'ca.key', '-days', '2', '-out', 'ca.pem', ...subject('tests'));
  const signed = (name: string, host: string): Certificate => {
    key(name);
    openssl('req', '-new', '-key', `${name}.key`, '-out', `${name}.csr`, ...subject(host));
    writeFileSync(join(folder, `${name}.ext`), `subjectAltName=DNS:${host}\n`);
    const by = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-extfile', `${name}.ext`];
    openssl('x509', '-req', '-in', `${name}.csr`, '-days', '2', '-out', `${name}.pem`, ...by);
    return files(folder, name);
  };
  return {
    ca: files(folder, 'ca'),
    server: signed('server', 'localhost'),
    stranger: signed('stranger', 'elsewhere.test'),
    client: signed('client', 'agent'),
    remove: () => rmSync(folder, { recursive: true }),
  };
}

function files(folder: string, name: string): Certificate {
  const certFile = join(folder, `${name}.pem`);
  const keyFile = join(folder, `${name}.key`);
  return { certFile, keyFile, cert: readFileSync(certFile), key: readFileSync(keyFile) };
}
