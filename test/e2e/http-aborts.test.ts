import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { backends } from '../support/backends.ts';
import type { Exchange } from '../support/dialogue.ts';
import { type OtlpReceiver, otlpReceiver, plain } from '../support/otlp-receiver.ts';
import { Stage } from '../support/stage.ts';
import { until } from '../support/until.ts';
import { aborts } from './cases/aborts.ts';

/** https://github.com/open-telemetry/opentelemetry-proto/blob/main/opentelemetry/proto/trace/v1/trace.proto */
const spanKind = { server: 2, client: 3 } as const;

/** The reason stands in `error.type`, which only OTLP carries. */
describe.each(backends)('captured by %s', (backend) => {
  let receiver: OtlpReceiver;
  let stage: Stage;
  beforeAll(async () => {
    receiver = await otlpReceiver();
    stage = await Stage.withAgent({
      backend,
      env: {
        OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${receiver.url}/v1/traces`,
        BEYLA_OTLP_TRACES_BATCH_TIMEOUT: '20ms',
      },
    });
  });
  afterAll(async () => {
    await stage?.close();
    await receiver?.close();
  });

  test.each(aborts)('$name', async (dialogue) => {
    await stage.check(dialogue);
    await checkReasons(spanKind.server, dialogue.exchanges);
    await checkReasons(spanKind.client, dialogue.clientExchanges ?? dialogue.exchanges);
  });

  async function checkReasons(kind: number, exchanges: readonly Exchange[]): Promise<void> {
    for (const exchange of exchanges) {
      const reasons = await until(() => reasonsOf(kind, exchange), { what: `${exchange.path} over OTLP` });
      expect(reasons).toEqual([exchange.reason ?? '']);
    }
  }

  /** `error.type` of the spans about this exchange, undefined while there is none. */
  function reasonsOf(kind: number, exchange: Exchange): string[] | undefined {
    const about = receiver
      .spans()
      .filter((span) => span.kind === kind)
      .map(({ attributes }) => plain(attributes))
      .filter((attributes) => isAbout(attributes, exchange));
    return about.length === 0 ? undefined : about.map((attributes) => String(attributes['error.type'] ?? ''));
  }
});

function isAbout(attributes: Record<string, unknown>, { path, status }: Exchange): boolean {
  // A client's URL is only a path where the request named no host.
  const url = new URL(String(attributes['url.full'] ?? attributes['url.path']), 'http://nowhere');
  return url.pathname === path && Number(attributes['http.response.status_code']) === status;
}
