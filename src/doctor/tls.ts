const libraries: readonly (readonly [RegExp, string])[] = [
  [/\/libssl3\.so/, 'NSS'], // before libssl.so.3, which is OpenSSL's
  [/\/libssl\.so/, 'libssl'],
  [/\/libgnutls\.so/, 'gnutls'],
  [/\/libmbedtls\.so/, 'mbedtls'],
  [/\/libwolfssl\.so/, 'wolfssl'],
];

/** Executables that carry their own OpenSSL. */
const carriers = /\/(node|deno|bun|envoy)( \(deleted\))?$/m;
const inLanguage: Readonly<Record<string, string>> = { go: 'static: Go', java: 'JSSE: Java' };
/** Into these there is no safe way from outside: no probe fits, and nothing is put into a process. */
const closed: ReadonlySet<string> = new Set(['NSS', 'mbedtls', 'wolfssl', 'static: rustls', inLanguage['java'] ?? '']);

/** Whether none of the libraries of a process can be seen into. */
export function isClosed(libraries: readonly string[]): boolean {
  return libraries.length > 0 && libraries.every((library) => closed.has(library));
}

export const howToSeeTls =
  'OpenSSL, BoringSSL, GnuTLS and Go are seen into as long as their functions can be found; Java, rustls, NSS and others are not: let TLS end in a proxy in front of the service, and watch the plain HTTP behind it';

/** What a process could speak TLS with, as far as its mapped files tell. */
export function tlsLibraries(maps: string, language: string | undefined, hasRustls: () => boolean): readonly string[] {
  const found = libraries.filter(([pattern]) => pattern.test(maps)).map(([, name]) => name);
  const carrier = carriers.exec(maps)?.[1];
  if (carrier !== undefined && !found.includes('libssl')) found.push(`static: ${carrier}`);
  const own = inLanguage[language ?? ''];
  if (own !== undefined) found.push(own);
  if (language === 'rust' && hasRustls()) found.push('static: rustls');
  return found;
}
