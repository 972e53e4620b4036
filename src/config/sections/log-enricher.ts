import type { Tree, ValueOf } from '../tree.ts';
import { globSelectors } from './selectors.ts';

/** Trace ids in the log lines of the watched programs. */
export const logEnricher = {
  services: {
    doc: 'Programs whose log lines get trace ids; they must be instrumented as well.',
    format: 'objects',
    default: [],
    children: { service: globSelectors('Selectors of these programs.', []) },
  },
  field_names: {
    trace_id: { doc: 'Field of the trace id.', format: 'string', default: 'trace_id' },
    span_id: { doc: 'Field of the span id.', format: 'string', default: 'span_id' },
  },
  plain_text: {
    enabled: { doc: 'Also lines that are not JSON.', format: 'boolean', default: true },
    placement: { doc: 'Where in the line.', format: ['suffix', 'prefix'], default: 'suffix' },
    multiline: {
      doc: 'Which of several lines written at once.',
      format: ['first_line', 'last_line', 'each_line'],
      default: 'first_line',
    },
  },
  cache_ttl: {
    doc: 'How long a file descriptor is remembered.',
    format: 'duration',
    default: '30m',
    env: 'OTEL_EBPF_BPF_LOG_ENRICHER_CACHE_TTL',
  },
  cache_size: {
    doc: 'How many file descriptors are remembered.',
    format: 'int',
    range: [65, 2147483647],
    default: 128,
    env: 'OTEL_EBPF_BPF_LOG_ENRICHER_CACHE_SIZE',
  },
  async_writer_workers: {
    doc: 'Writers at work at the same time.',
    format: 'int',
    default: 8,
    env: 'OTEL_EBPF_BPF_LOG_ENRICHER_ASYNC_WRITER_WORKERS',
  },
  async_writer_channel_len: {
    doc: 'Lines waiting for a writer.',
    format: 'int',
    range: [101, 2147483647],
    default: 500,
    env: 'OTEL_EBPF_BPF_LOG_ENRICHER_ASYNC_WRITER_CHANNEL_LEN',
  },
} as const satisfies Tree;

export type LogEnricherConfig = ValueOf<typeof logEnricher>;
