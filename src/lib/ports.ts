/** An inclusive range of TCP ports, or of other numbers such as process ids. */
export interface PortRange {
  readonly from: number;
  readonly to: number;
}

/** Any of these ports. */
export type PortSet = readonly PortRange[];

export function hasPort(set: PortSet, port: number): boolean {
  return set.some((range) => port >= range.from && port <= range.to);
}

/**
 * `443`, `"80,443,8000-8999"`; blanks are allowed around numbers.
 *
 * @throws Error that says what is wrong with the text
 */
export function parsePorts(text: string): PortSet {
  return text.split(',').map((part) => {
    const [whole, from, to] = /^\s*(\d+)\s*(?:-\s*(\d+)\s*)?$/.exec(part) ?? [];
    if (whole === undefined) throw new Error(`"${part.trim()}" is neither a number nor a range`);
    const range = { from: Number(from), to: Number(to ?? from) };
    if (range.from > range.to) throw new Error(`the range "${part.trim()}" runs backwards`);
    return range;
  });
}

export function formatPorts(set: PortSet): string {
  return set.map(({ from, to }) => (from === to ? `${from}` : `${from}-${to}`)).join(',');
}
