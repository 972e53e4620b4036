import type { Tree, ValueOf } from '../tree.ts';

/** Settings of the agent itself, at the top level of the file. */
export const agent = {
  log_level: {
    doc: 'Least severe log record that is written: DEBUG, INFO, WARN or ERROR, in any case; an offset such as INFO+2 is understood.',
    format: 'loglevel',
    default: 'INFO',
    env: 'BEYLA_LOG_LEVEL',
    live: true,
  },
  log_format: {
    doc: 'Form of the log.',
    format: ['text', 'json'],
    otherwise: 'text',
    default: 'text',
    env: 'BEYLA_LOG_FORMAT',
  },
  log_config: {
    doc: 'Prints the effective configuration after the start, in this form.',
    format: ['', 'yaml', 'json'],
    otherwise: '',
    default: '',
    env: 'BEYLA_LOG_CONFIG',
  },
  strict: {
    doc: 'Refuses to start when a key is unknown, or known but without effect in this build, instead of only saying so.',
    format: 'boolean',
    default: false,
    env: 'BEYLA_STRICT',
    ours: true,
  },
  trace_printer: {
    doc: 'Prints every span to standard output: as a line of text, as JSON, or only a final count.',
    format: ['disabled', 'text', 'json', 'json_indent', 'counter'],
    default: 'disabled',
    env: 'BEYLA_TRACE_PRINTER',
  },
  trace_printer_vintage: {
    doc: 'Shape of the text line: that of today, or that of the version named here. "seed" is the line of the first public articles, without a fraction of the second.',
    format: ['current', 'seed', '0.0.1', '0.0.4', '0.1', '0.3', '1.2', '1.5', '1.7', '1.9', '2.2', '2.7', '2.8'],
    default: 'current',
    env: 'BEYLA_TRACE_PRINTER_VINTAGE',
    ours: true,
  },
  names_vintage: {
    doc: 'Names of metrics and attributes: those of today, or those that the version named here used (0.1: up to 0.4.1; 1.0: up to 1.3.0; 1.6: up to 1.6; 3.22: up to 3.22).',
    format: ['current', '0.1', '1.0', '1.6', '3.22'],
    default: 'current',
    env: 'BEYLA_NAMES_VINTAGE',
    ours: true,
  },
  shutdown_timeout: {
    doc: 'Longest time a stop may take.',
    format: 'duration',
    default: '10s',
    env: 'BEYLA_SHUTDOWN_TIMEOUT',
  },
  enforce_sys_caps: {
    doc: 'Refuses to start when a capability is missing, instead of only saying so.',
    format: 'boolean',
    default: false,
    env: 'BEYLA_ENFORCE_SYS_CAPS',
  },
  profile_port: {
    doc: 'Port of the diagnostic endpoint; 0 switches it off.',
    format: 'int',
    range: [0, 65535],
    default: 0,
    env: 'BEYLA_PROFILE_PORT',
  },
  channel_buffer_len: {
    doc: 'Length of internal queues.',
    format: 'int',
    range: [0, 2147483647],
    default: 50,
    env: 'BEYLA_CHANNEL_BUFFER_LEN',
  },
  channel_send_timeout: {
    doc: 'After this time a blocked internal queue is reported.',
    format: 'duration',
    default: '1m',
    env: 'BEYLA_CHANNEL_SEND_TIMEOUT',
  },
  channel_send_timeout_panic: {
    doc: 'Crashes, instead of reporting, when an internal queue is blocked.',
    format: 'boolean',
    default: false,
    env: 'BEYLA_CHANNEL_SEND_TIMEOUT_PANIC',
  },
} as const satisfies Tree;

export type AgentConfig = ValueOf<typeof agent>;
export type TracePrinterVintage = AgentConfig['trace_printer_vintage'];
export type NamesVintage = AgentConfig['names_vintage'];
