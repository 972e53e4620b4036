import { type OldName, prefixed, whenOn } from './old-name.ts';

export const agent: readonly OldName[] = [
  {
    keys: ['print_traces', 'print'],
    variables: ['PRINT_TRACES', 'BEYLA_PRINT_TRACES'],
    valid: '0.0.1 to 1.9',
    today: 'BEYLA_TRACE_PRINTER=text or trace_printer: text',
    ...whenOn({ trace_printer: 'text' }),
  },
  {
    keys: ['noop'],
    variables: ['NOOP_TRACES', 'BEYLA_NOOP_TRACES'],
    valid: '0.0.1 to 1.6',
    today: 'BEYLA_TRACE_PRINTER=counter or trace_printer: counter',
    ...whenOn({ trace_printer: 'counter' }),
  },
  { ...prefixed('LOG_LEVEL', 'log_level'), keys: ['ebpf.log_level'], today: 'BEYLA_LOG_LEVEL or log_level' },
  prefixed('CHANNEL_BUFFER_LEN', 'channel_buffer_len'),
  prefixed('PROFILE_PORT', 'profile_port'),
];
