import { patience } from './patience.ts';

/** Waits until `condition` gives a value that is neither false nor undefined, and returns it. */
export async function until<T>(
  condition: () => T | Promise<T>,
  options: { readonly withinMs?: number; readonly what?: string | (() => string) } = {},
): Promise<Exclude<T, false | undefined>> {
  const { withinMs = 30_000, what = 'the condition' } = options;
  const deadline = performance.now() + withinMs * patience;
  for (;;) {
    const value = await condition();
    if (value !== false && value !== undefined) return value as Exclude<T, false | undefined>;
    if (performance.now() > deadline) {
      throw new Error(`waited ${withinMs * patience} ms for ${typeof what === 'string' ? what : what()}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
