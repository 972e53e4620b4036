import type { Writable } from 'node:stream';
import type { TracePrinterVintage } from '../config/sections/agent.ts';
import { within } from '../lib/within.ts';
import type { Span } from '../span/span.ts';
import { counters } from '../telemetry/counters.ts';
import { log } from '../telemetry/log.ts';
import type { Exporter } from './exporter.ts';
import type { Sink } from './sink.ts';
import { spanJson } from './span-json.ts';
import { spanLines } from './span-line.ts';

export type PrinterFormat = 'disabled' | 'text' | 'json' | 'json_indent' | 'counter';

export interface StdoutOptions {
  readonly format: PrinterFormat;
  readonly vintage: TracePrinterVintage;
  /** How long a stop may take. */
  readonly closeMs: number;
  /** Standard output unless a test says otherwise. */
  readonly stream?: Writable;
}

/** A reader that does not read may hold back this much before spans are dropped. */
const maxWaitingBytes = 4 * 1024 * 1024;

/** The trace printer: one write a batch. */
export function stdoutSink({ format, vintage, closeMs, stream = process.stdout }: StdoutOptions): Sink {
  const show = printerOf(format, vintage);
  let isBroken = false;
  let seen = 0;
  const onError = (error: Error): void => {
    if (!isBroken) log.warn('the trace printer lost its reader', { error: error.message });
    isBroken = true;
  };
  return {
    name: 'trace printer',
    start: async () => void stream.on('error', onError),
    write(spans) {
      const shown = spans.filter(({ ignored, service }) => !ignored.traces && service.exports.traces);
      seen += shown.length;
      if (shown.length === 0 || show === undefined) return;
      if (isBroken || stream.writableLength > maxWaitingBytes) {
        counters.add('spans_lost', isBroken ? 'printer_closed' : 'printer_slow', shown.length);
        return;
      }
      stream.write(show(shown), (error) => {
        if (error) counters.add('spans_lost', 'printer_closed', shown.length);
        else counters.add('spans_exported', 'stdout', shown.length);
      });
    },
    async stop() {
      if (format === 'counter' && !isBroken) stream.write(`Processed ${seen} requests\n`);
      await within(
        flushed(stream, () => isBroken),
        closeMs,
      );
    },
  };
}

/** Undefined when there is nothing to write for a batch. */
function printerOf(
  format: PrinterFormat,
  vintage: TracePrinterVintage,
): ((spans: readonly Span[]) => string) | undefined {
  switch (format) {
    case 'text': {
      const line = spanLines[vintage];
      return (spans) => `${spans.map(line).join('\n')}\n`;
    }
    case 'json':
      return (spans) => `${JSON.stringify(spans.map(spanJson))}\n`;
    case 'json_indent':
      return (spans) => `${JSON.stringify(spans.map(spanJson), undefined, 1)}\n`;
    case 'counter':
    case 'disabled':
      return undefined;
  }
}

/** A reader that went away never drains: the write's callback tells of both. */
function flushed(stream: Writable, isBroken: () => boolean): Promise<void> {
  if (isBroken() || stream.writableLength === 0) return Promise.resolve();
  return new Promise((resolve) => stream.write('', () => resolve()));
}

export const stdoutExporter: Exporter = {
  name: 'trace printer',
  needsIds: true,
  open({ printer, closeMs }) {
    if (printer === undefined || printer.format === 'disabled') return undefined;
    return stdoutSink({ ...printer, closeMs });
  },
};
