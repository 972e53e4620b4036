/** Addresses as the kernel keeps them, written as text. https://www.rfc-editor.org/rfc/rfc5952 for IPv6. */
export const AF_INET = 2;

const mappedPrefix = Buffer.from('00000000000000000000ffff', 'hex');

/** Text of the 16 bytes at `at`, of which IPv4 uses 4; a v4-mapped address is written as IPv4. */
export function addressText(bytes: Buffer, at: number, family: number): string {
  if (family === AF_INET) return ipv4(bytes, at);
  if (bytes.compare(mappedPrefix, 0, 12, at, at + 12) === 0) return ipv4(bytes, at + 12);
  return ipv6(bytes, at);
}

function ipv4(bytes: Buffer, at: number): string {
  return `${bytes[at]}.${bytes[at + 1]}.${bytes[at + 2]}.${bytes[at + 3]}`;
}

function ipv6(bytes: Buffer, at: number): string {
  const groups = Array.from({ length: 8 }, (_, i) => bytes.readUInt16BE(at + 2 * i));
  const { start, length } = longestZeros(groups);
  const hex = (part: readonly number[]): string => part.map((group) => group.toString(16)).join(':');
  if (length < 2) return hex(groups);
  return `${hex(groups.slice(0, start))}::${hex(groups.slice(start + length))}`;
}

function longestZeros(groups: readonly number[]): { start: number; length: number } {
  let best = { start: 0, length: 0 };
  for (let start = 0; start < groups.length; start++) {
    let length = 0;
    while (groups[start + length] === 0) length++;
    if (length > best.length) best = { start, length };
  }
  return best;
}
