import type { Tree } from '../tree.ts';

/** Upper bounds of histogram buckets, the same keys under both metric exporters. */
export const buckets = {
  duration_histogram: {
    doc: 'Bounds, in seconds, of request durations.',
    format: 'floats',
    default: [0, 0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10],
  },
  request_size_histogram: {
    doc: 'Bounds, in bytes, of request sizes.',
    format: 'floats',
    default: [0, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192],
  },
  response_size_histogram: {
    doc: 'Bounds, in bytes, of response sizes.',
    format: 'floats',
    default: [0, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192],
  },
  stat_tcp_rtt_histogram: {
    doc: 'Bounds, in seconds, of TCP round-trip times.',
    format: 'floats',
    default: [0.0005, 0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1],
  },
  gen_ai_client_token_usage_histogram: {
    doc: 'Bounds, in tokens, of generative AI calls.',
    format: 'floats',
    default: [1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576, 4194304, 16777216, 67108864],
  },
  gen_ai_client_operation_duration_histogram: {
    doc: 'Bounds, in seconds, of generative AI calls.',
    format: 'floats',
    default: [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92],
  },
} as const satisfies Tree;
