import type { Bounds } from './definition.ts';

const sizes = [0, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192];

export const defaultBounds: Bounds = {
  duration: [0, 0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10],
  requestSize: sizes,
  responseSize: sizes,
};

/** Index of the first bound that is not below the value; `bounds.length` stands for +Inf. */
export function bucketOf(bounds: Float64Array, value: number): number {
  let i = 0;
  while (i < bounds.length && value > (bounds[i] as number)) i++;
  return i;
}
