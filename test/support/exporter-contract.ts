import { describe, expect, test } from 'vitest';
import type { Sink } from '../../src/export/sink.ts';
import type { Span } from '../../src/span/span.ts';
import { spansOf } from './spans.ts';
import { until } from './until.ts';

/** An exporter that is ready to be written to, and a way to see what came out of it. */
export interface ExporterUnderTest {
  readonly sink: Sink;
  /** What the agent does with a batch: a metrics exporter reads an aggregate that is filled beside it. */
  write(spans: readonly Span[]): void;
  /** Paths of the requests that arrived, in the order of their arrival. */
  arrived(): Promise<readonly string[]> | readonly string[];
  /** Ends what stands at the other side. */
  clean(): Promise<void>;
}

export interface BrokenExporter extends ExporterUnderTest {
  /** Items that the exporter says it lost so far. */
  lost(): number;
}

export interface ExporterCase {
  readonly name: string;
  /** Connected to something that takes all. */
  open(): Promise<ExporterUnderTest>;
  /** Connected to nobody: the port is closed, the reader is gone. */
  openBroken(): Promise<BrokenExporter>;
  /** Items lost when `count` spans were written to nobody. */
  lostOf(count: number): number;
  /** Connected to something that takes the connection and never answers; undefined where there is no such thing. */
  openStuck?: () => Promise<ExporterUnderTest>;
  /** What `stop` may take. */
  readonly closeMs: number;
}

const paths = ['/one', '/two', '/three', '/four'];

/** What every exporter promises. */
export function exporterContract(exporter: ExporterCase): void {
  describe(`the ${exporter.name} exporter`, () => {
    test('keeps the order and leaves nothing behind when it stops', async () => {
      const { sink, write, arrived, clean } = await exporter.open();
      await sink.start();
      for (const path of paths) write(spansOf([path]));
      // a pull exporter is read before it stops, a push exporter delivers at the latest while it stops
      const early = await arrived();
      await sink.stop();
      expect(early.length === paths.length ? early : await arrived()).toEqual(paths);
      await clean();
    });

    test('survives that nobody listens, and counts what was lost', async () => {
      const broken = await exporter.openBroken();
      const before = broken.lost();
      await broken.sink.start();
      broken.write(spansOf(paths));
      broken.write(spansOf(paths));
      await broken.sink.stop();
      const expected = exporter.lostOf(paths.length * 2);
      await until(() => broken.lost() - before >= expected, {
        what: () => `${expected} lost, not ${broken.lost() - before}`,
      });
      expect(broken.lost() - before).toBe(expected);
      await broken.clean();
    });

    test('stops within its deadline, and twice is once', async () => {
      const { sink, write, clean } = await (exporter.openStuck ?? exporter.open)();
      await sink.start();
      write(spansOf(paths));
      const startMs = performance.now();
      await sink.stop();
      expect(performance.now() - startMs).toBeLessThan(exporter.closeMs + 1_500);
      await sink.stop();
      await clean();
    });
  });
}
