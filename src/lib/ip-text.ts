/** Whether a host is an address: IPv4 in dotted form or anything with a colon, which no host name has. */
export function isAddress(host: string): boolean {
  for (let i = 0; i < host.length; i++) {
    const code = host.charCodeAt(i);
    if (code === 58) return true;
    if (code !== 46 && (code < 48 || code > 57)) return host.indexOf(':') > 0;
  }
  return host !== '';
}
