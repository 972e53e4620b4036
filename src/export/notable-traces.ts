import type { Span } from '../span/span.ts';

export interface NotableOptions {
  readonly errors: boolean;
  /** 0 = never. */
  readonly slowerThanMs: number;
}

/** Spans that are held, and traces that are remembered. */
const maxSpans = 8192;
const maxTraces = 8192;

/**
 * Traces that the sampler drops and that are shown all the same, because something in them failed or was slow. Children end
 * before their parents, so what was dropped of a trace is held for a while: then all of it is shown.
 */
export class NotableTraces {
  readonly #options: NotableOptions;
  readonly #held = new Map<string, Span[]>();
  #heldSpans = 0;
  readonly #notable = new Set<string>();

  constructor(options: NotableOptions) {
    this.#options = options;
  }

  /** Takes a span that the sampler drops; returns those that are to be shown. */
  take(span: Span): readonly Span[] {
    const { traceId } = span;
    if (this.#notable.has(traceId)) return [span];
    if (!this.#isNotable(span)) {
      this.#hold(span);
      return [];
    }
    this.#notable.add(traceId);
    if (this.#notable.size > maxTraces) this.#notable.delete(first(this.#notable) ?? '');
    return [...this.#release(traceId), span];
  }

  #isNotable({ status, requestStartNs, endNs }: Span): boolean {
    const { errors, slowerThanMs } = this.#options;
    if (errors && status === 'error') return true;
    return slowerThanMs > 0 && endNs - requestStartNs > slowerThanMs * 1e6;
  }

  #hold(span: Span): void {
    const held = this.#held.get(span.traceId);
    if (held === undefined) this.#held.set(span.traceId, [span]);
    else held.push(span);
    this.#heldSpans++;
    while (this.#heldSpans > maxSpans) this.#release(first(this.#held.keys()) ?? '');
  }

  #release(traceId: string): readonly Span[] {
    const held = this.#held.get(traceId) ?? [];
    this.#held.delete(traceId);
    this.#heldSpans -= held.length;
    return held;
  }
}

function first(names: Iterable<string>): string | undefined {
  for (const name of names) return name;
  return undefined;
}
