/** Where the record behind one that ends there starts: those of a batch start at multiples of eight (native/ring.h). */
export function startAfter(end: number): number {
  return (end + 7) & ~7;
}
