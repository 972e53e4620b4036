/** Keys whose values never leave the machine, unless the configuration takes them off the list. Case matters. */
export const sensitiveQueryKeys: ReadonlySet<string> = new Set([
  'X-Amz-Signature',
  'X-Amz-Credential',
  'X-Amz-Security-Token',
  'AWSAccessKeyId',
  'Signature',
  'SecurityToken',
  'X-Goog-Signature',
  'sig',
  'token',
  'access_token',
  'refresh_token',
  'id_token',
  'jwt',
  'session',
  'sid',
  'signature',
  'api_key',
  'apikey',
  'client_secret',
  'secret',
  'password',
  'pass',
  'pwd',
  'reset_token',
  'invite_token',
  'verify_token',
  'otp',
  'totp',
  'mfa_code',
  'verification_code',
  'SAMLResponse',
  'assertion',
  'card',
  'cc',
  'pan',
  'cvv',
  'ssn',
  'tax_id',
]);

/** The list of the configuration: built-in − remove + add. */
export function sensitiveKeys(change: {
  readonly add: readonly string[];
  readonly remove: readonly string[];
}): ReadonlySet<string> {
  const keys = new Set(sensitiveQueryKeys);
  for (const key of change.remove) keys.delete(key);
  for (const key of change.add) keys.add(key);
  return keys;
}

/** The query with the values of sensitive keys replaced; keys keep their raw text, a pair without `=` is left as it is. */
export function redactQuery(query: string, sensitive: ReadonlySet<string> = sensitiveQueryKeys): string {
  if (query.indexOf('=') < 0) return query;
  let redacted = '';
  let copied = 0;
  for (let start = 0; start <= query.length; ) {
    const and = query.indexOf('&', start);
    const end = and < 0 ? query.length : and;
    const equals = query.indexOf('=', start);
    if (equals >= start && equals < end && sensitive.has(decodedKey(query.slice(start, equals)))) {
      redacted += `${query.slice(copied, equals + 1)}REDACTED`;
      copied = end;
    }
    start = end + 1;
  }
  return copied === 0 ? query : redacted + query.slice(copied);
}

/** Keys are compared as the server will read them, so `%74oken` is `token`. */
function decodedKey(raw: string): string {
  if (raw.indexOf('%') < 0 && raw.indexOf('+') < 0) return raw;
  try {
    return decodeURIComponent(raw.replaceAll('+', ' '));
  } catch {
    return raw;
  }
}
