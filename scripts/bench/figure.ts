import { median, spread } from './statistics.ts';

/** One measured thing. `bare` and `agent` are medians; `ratio` is the median of the pairs' own ratios. */
export interface Figure {
  readonly what: string;
  readonly unit: string;
  readonly bare?: number;
  readonly agent?: number;
  readonly ratio?: number;
  /** Scatter of the ratios, or of the values where there is nothing to compare with. */
  readonly spread?: number;
  /** What is aimed at, and whether it holds. */
  readonly bar?: string;
  readonly holds?: boolean;
}

/** What an agent may cost at most. */
export interface Bar {
  readonly ratio?: number;
  readonly agent?: number;
}

/** Compares measurements of pairs, index by index. */
export function compared(
  what: string,
  unit: string,
  bare: readonly number[],
  agent: readonly number[],
  bar?: Bar,
): Figure {
  const ratios = agent.map((value, i) => value / (bare[i] ?? Number.NaN));
  return withBar(
    { what, unit, bare: median(bare), agent: median(agent), ratio: median(ratios), spread: spread(ratios) },
    bar,
  );
}

/** A figure that exists only with the agent. */
export function measured(what: string, unit: string, values: readonly number[], bar?: Bar): Figure {
  return withBar({ what, unit, agent: median(values), spread: spread(values) }, bar);
}

function withBar(figure: Figure, bar: Bar | undefined): Figure {
  if (bar?.ratio !== undefined) {
    return { ...figure, bar: `<= x${bar.ratio}`, holds: (figure.ratio ?? Number.NaN) <= bar.ratio };
  }
  if (bar?.agent !== undefined) {
    return { ...figure, bar: `<= ${bar.agent}`, holds: (figure.agent ?? Number.NaN) <= bar.agent };
  }
  return figure;
}
