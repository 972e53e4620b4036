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

/** What a process could speak TLS with, as far as its mapped files tell. */
export function tlsLibraries(maps: string, language?: string): readonly string[] {
  const found = libraries.filter(([pattern]) => pattern.test(maps)).map(([, name]) => name);
  const carrier = carriers.exec(maps)?.[1];
  if (carrier !== undefined && !found.includes('libssl')) found.push(`static: ${carrier}`);
  const own = inLanguage[language ?? ''];
  if (own !== undefined) found.push(own);
  return found;
}
