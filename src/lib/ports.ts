/** An inclusive range of TCP ports. */
export interface PortRange {
  readonly from: number;
  readonly to: number;
}

/** Any of these ports. */
export type PortSet = readonly PortRange[];

export function hasPort(set: PortSet, port: number): boolean {
  return set.some((range) => port >= range.from && port <= range.to);
}
