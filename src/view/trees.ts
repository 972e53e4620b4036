import type { ShownSpan } from './shown-span.ts';

/** Traces that are put together; of more, the oldest are shown as they are. */
const maxTraces = 1000;

/** Puts spans together to the trees of their traces. */
export class Trees {
  readonly #traces = new Map<string, { spans: ShownSpan[]; lastMs: number }>();
  readonly #show: (tree: string) => void;

  constructor(show: (tree: string) => void) {
    this.#show = show;
  }

  add(span: ShownSpan, nowMs: number): void {
    const trace = this.#traces.get(span.traceId) ?? { spans: [], lastMs: nowMs };
    trace.spans.push(span);
    trace.lastMs = nowMs;
    this.#traces.set(span.traceId, trace);
    if (this.#traces.size > maxTraces) for (const id of [...this.#traces.keys()].slice(0, 1)) this.#end(id);
  }

  /** Shows the traces of which nothing has come for a while: spans are told at their end, so nothing says which is the last. */
  settle(nowMs: number, quietMs: number): void {
    for (const [id, { lastMs }] of this.#traces) if (nowMs - lastMs >= quietMs) this.#end(id);
  }

  #end(id: string): void {
    const trace = this.#traces.get(id);
    this.#traces.delete(id);
    if (trace !== undefined) this.#show(treeText(trace.spans));
  }
}

/** The spans of one trace, children below their parents, in the order of their beginning. */
export function treeText(spans: readonly ShownSpan[]): string {
  const ids = new Set(spans.map(({ spanId }) => spanId));
  const sorted = [...spans].sort((a, b) => a.startNs - b.startNs);
  const begin = sorted[0]?.startNs ?? 0;
  const lines = [`trace ${spans[0]?.traceId ?? ''}`];
  const show = (span: ShownSpan, depth: number): void => {
    const parent =
      span.parentSpanId === '' || ids.has(span.parentSpanId) ? '' : `, parent ${span.parentSpanId} elsewhere`;
    const rule = span.rule === 'none' ? 'root' : `by ${span.rule}`;
    lines.push(
      `${'  '.repeat(depth)}${span.kind} ${span.service}: ${span.name} ${span.status}, ` +
        `+${ms(span.startNs - begin)} ${ms(span.endNs - span.startNs)} (${rule}${parent})`,
    );
    // deeper trees than this are loops in what was told
    if (depth < spans.length)
      for (const child of sorted) if (child.parentSpanId === span.spanId) show(child, depth + 1);
  };
  for (const span of sorted) if (!ids.has(span.parentSpanId)) show(span, 1);
  return `${lines.join('\n')}\n`;
}

function ms(ns: number): string {
  return `${(ns / 1e6).toFixed(1)}ms`;
}
