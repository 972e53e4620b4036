import type { Tree, ValueOf } from '../tree.ts';
import { logEnricher } from './log-enricher.ts';
import { payloadExtraction } from './payload-extraction.ts';

const anySize = [0, 2147483647] as const;
const bufferBytes = [0, 65536] as const;

function captured(protocol: string, variable: string, range: readonly [number, number]) {
  return {
    doc: `Bytes kept of each ${protocol} message and direction.`,
    format: 'int',
    range,
    default: 0,
    env: `OTEL_EBPF_BPF_BUFFER_SIZE_${variable}`,
  } as const;
}

function cache(what: string, env: string) {
  return { doc: `Entries of the cache of ${what}.`, format: 'int', range: anySize, default: 1024, env } as const;
}

export const ebpf = {
  capture_backend: {
    doc: 'Kernel mechanism that watches sockets: the first that loads, or this one only.',
    format: ['auto', 'fentry', 'kprobe', 'tp_btf', 'syscalls', 'cgroup_skb'],
    default: 'auto',
    env: 'BEYLA_BPF_CAPTURE_BACKEND',
    ours: true,
  },
  probe_links: {
    doc: 'How probes are put into programs: many in a link (Linux 6.6), each on its own, or many where the kernel can.',
    format: ['auto', 'many', 'single'],
    default: 'auto',
    env: 'BEYLA_BPF_PROBE_LINKS',
    ours: true,
  },
  wakeup_len: {
    doc: 'Records that the kernel gathers before it wakes the agent.',
    format: 'int',
    range: anySize,
    default: 500,
    env: 'OTEL_EBPF_BPF_WAKEUP_LEN',
  },
  batch_length: {
    doc: 'Spans in an internal batch; at least 1.',
    format: 'int',
    range: anySize,
    default: 100,
    env: 'OTEL_EBPF_BPF_BATCH_LENGTH',
  },
  batch_timeout: {
    doc: 'After this time an incomplete batch goes on.',
    format: 'duration',
    default: '1s',
    env: 'OTEL_EBPF_BPF_BATCH_TIMEOUT',
  },
  context_propagation: {
    doc: 'Carries the trace context to other services: disabled, all, or a comma list of headers and tcp.',
    format: 'words',
    items: { of: ['', 'disabled', 'all', 'headers', 'tcp', 'ip'], unknown: 'refused' },
    default: 'disabled',
    env: 'OTEL_EBPF_BPF_CONTEXT_PROPAGATION',
  },
  track_request_headers: {
    doc: 'Reads an incoming traceparent header.',
    format: 'boolean',
    default: false,
    env: 'OTEL_EBPF_BPF_TRACK_REQUEST_HEADERS',
  },
  http_request_timeout: {
    doc: 'After this time an unanswered HTTP request is reported with status 408; 0 means never.',
    format: 'duration',
    default: '0s',
    env: 'OTEL_EBPF_BPF_HTTP_REQUEST_TIMEOUT',
  },
  high_request_volume: {
    doc: 'Reports a request when its response begins, not when it ends.',
    format: 'boolean',
    default: false,
    env: 'OTEL_EBPF_BPF_HIGH_REQUEST_VOLUME',
  },
  max_transaction_time: {
    doc: 'Longest distance between a request and one it is held to have caused.',
    format: 'duration',
    default: '5m',
    env: 'OTEL_EBPF_BPF_MAX_TRANSACTION_TIME',
  },
  dns_request_timeout: {
    doc: 'After this time a DNS query counts as failed.',
    format: 'duration',
    default: '5s',
    env: 'OTEL_EBPF_BPF_DNS_REQUEST_TIMEOUT',
  },
  heuristic_sql_detect: {
    doc: 'Recognises SQL in connections to unknown databases.',
    format: 'boolean',
    default: false,
    env: 'OTEL_EBPF_HEURISTIC_SQL_DETECT',
  },
  traffic_control_backend: {
    doc: 'How programs are attached to network interfaces.',
    format: ['auto', 'tc', 'tcx'],
    default: 'auto',
    env: 'OTEL_EBPF_BPF_TC_BACKEND',
  },
  bpf_debug: {
    doc: 'Log of the kernel programs.',
    format: 'boolean',
    default: false,
    env: 'OTEL_EBPF_BPF_DEBUG',
  },
  protocol_debug_print: {
    doc: 'Prints the bytes that no protocol claimed.',
    format: 'boolean',
    default: false,
    env: 'OTEL_EBPF_PROTOCOL_DEBUG_PRINT',
  },
  disable_black_box_cp: {
    doc: 'Does not relate the requests of one host to each other; for tests.',
    format: 'boolean',
    default: false,
    env: 'OTEL_EBPF_BPF_DISABLE_BLACK_BOX_CP',
  },
  override_bpfloop_enabled: {
    doc: 'Takes the bpf_loop helper for granted on kernels before 5.17.',
    format: 'boolean',
    default: false,
    env: 'OTEL_EBPF_OVERRIDE_BPF_LOOP_ENABLED',
  },
  go_http_client_buffer_timeout: {
    doc: 'Wait for the captured bytes of a Go client call; 0 means none.',
    format: 'duration',
    default: '1s',
    env: 'OTEL_EBPF_BPF_GO_HTTP_CLIENT_BUFFER_TIMEOUT',
  },
  stats_wakeup_data_bytes: {
    doc: 'Bytes of TCP statistics gathered before the agent is woken.',
    format: 'int',
    range: anySize,
    default: 4096,
    env: 'OTEL_EBPF_STATS_WAKEUP_DATA_BYTES',
  },
  instrument_cuda: {
    doc: 'Watches CUDA calls; auto does when nvidia-smi is installed.',
    format: ['auto', 'on', 'off'],
    default: 'auto',
    env: 'OTEL_EBPF_INSTRUMENT_CUDA',
  },
  redis_db_cache: {
    enabled: {
      doc: 'Remembers which Redis database a connection selected.',
      format: 'boolean',
      default: false,
      env: 'OTEL_EBPF_BPF_REDIS_DB_CACHE_ENABLED',
    },
    max_size: { ...cache('Redis databases', 'OTEL_EBPF_BPF_REDIS_DB_CACHE_MAX_SIZE'), default: 1000 },
  },
  buffer_sizes: {
    http: captured('HTTP', 'HTTP', [0, 262144]),
    mysql: captured('MySQL', 'MYSQL', bufferBytes),
    postgres: captured('PostgreSQL', 'POSTGRES', bufferBytes),
    mssql: captured('SQL Server', 'MSSQL', bufferBytes),
    kafka: captured('Kafka', 'KAFKA', bufferBytes),
    tcp: captured('other TCP', 'TCP', bufferBytes),
  },
  mysql_prepared_statements_cache_size: cache(
    'MySQL prepared statements',
    'OTEL_EBPF_BPF_MYSQL_PREPARED_STATEMENTS_CACHE_SIZE',
  ),
  postgres_prepared_statements_cache_size: cache(
    'PostgreSQL prepared statements',
    'OTEL_EBPF_BPF_POSTGRES_PREPARED_STATEMENTS_CACHE_SIZE',
  ),
  mssql_prepared_statements_cache_size: cache(
    'SQL Server prepared statements',
    'OTEL_EBPF_BPF_MSSQL_PREPARED_STATEMENTS_CACHE_SIZE',
  ),
  mongo_requests_cache_size: cache('open MongoDB requests', 'OTEL_EBPF_BPF_MONGO_REQUESTS_CACHE_SIZE'),
  kafka_topic_uuid_cache_size: cache('Kafka topic ids', 'OTEL_KAFKA_TOPIC_UUID_CACHE_SIZE'),
  couchbase_db_cache_size: cache('Couchbase buckets', 'OTEL_EBPF_COUCHBASE_DB_CACHE_SIZE'),
  bpf_fs_path: {
    doc: 'Where the BPF file system is mounted.',
    format: 'string',
    default: '/sys/fs/bpf/',
    env: 'OTEL_EBPF_BPF_FS_PATH',
  },
  force_bpf_map_reader: {
    doc: 'How the map of network flows is read.',
    format: ['auto', 'batch', 'legacy'],
    default: 'auto',
    env: 'OTEL_EBPF_FORCE_BPF_MAP_READER',
  },
  maps_config: {
    global_scale_factor: {
      doc: 'Doubles (or, below 0, halves) the size of every map so many times.',
      format: 'int',
      range: [-3, 3],
      default: 0,
    },
  },
  payload_extraction: { http: payloadExtraction },
  log_enricher: logEnricher,
} as const satisfies Tree;

export type EbpfConfig = ValueOf<typeof ebpf>;
