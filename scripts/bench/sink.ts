import { freePorts } from '../../test/support/free-ports.ts';
import { Child } from '../../test/support/processes.ts';
import { serverScript } from '../../test/support/programs.ts';
import { placement } from './benchmark.ts';

export interface Sink {
  /** Of the agent, so that it sends here. */
  readonly env: Record<string, string>;
  stop(): Promise<void>;
}

/** A receiver of OTLP that throws away what it gets, but insists on traces. */
export async function startSink(): Promise<Sink> {
  const [port = 0] = await freePorts(1);
  const sink = new Child(process.execPath, [serverScript('otlp_sink.mjs'), String(port)], {
    cpus: placement().others,
    name: 'the OTLP sink',
  });
  await sink.line(/listening/);
  return {
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}` },
    stop: async () => {
      sink.write('');
      const posts = await sink.line(/^\{/);
      await sink.stop();
      if (!posts.includes('/v1/traces')) throw new Error(`no traces came to the OTLP sink, only ${posts}`);
    },
  };
}
