import type { Tree, ValueOf } from '../tree.ts';

/** What to instrument, at the top level of the file; see `discovery` for lists of selectors. */
export const selection = {
  open_port: {
    doc: 'Selects the processes that listen on any of these ports: numbers and ranges separated by commas.',
    format: 'ports',
    default: undefined,
    env: 'BEYLA_OPEN_PORT',
    appends: true,
    live: true,
  },
  executable_name: {
    doc: 'Selects the processes whose executable path contains a match of this regular expression.',
    format: 'regexp',
    default: undefined,
    env: 'BEYLA_EXECUTABLE_NAME',
    live: true,
    deprecated: 'BEYLA_AUTO_TARGET_EXE or discovery.instrument[].exe_path (globs)',
  },
  auto_target_exe: {
    doc: 'Selects the processes whose whole executable path matches this glob.',
    format: 'glob',
    default: undefined,
    env: ['BEYLA_AUTO_TARGET_EXE', 'OTEL_GO_AUTO_TARGET_EXE'],
    expands: true,
    variableOnly: true,
  },
  auto_target_language: {
    doc: 'Selects the processes whose detected language matches this glob.',
    format: 'glob',
    default: undefined,
    env: 'BEYLA_AUTO_TARGET_LANGUAGE',
    variableOnly: true,
  },
  target_pids: {
    doc: 'Selects exactly these process ids; every other selector is left aside.',
    format: 'ports',
    default: undefined,
    env: 'BEYLA_TARGET_PID',
    appends: true,
    live: true,
  },
  service_name: {
    doc: 'Name of the service for processes that are selected by the top-level keys.',
    format: 'string',
    default: '',
    env: ['OTEL_SERVICE_NAME', 'BEYLA_SERVICE_NAME'],
    expands: true,
    live: true,
  },
  service_namespace: {
    doc: 'Namespace of the service for processes that are selected by the top-level keys.',
    format: 'string',
    default: '',
    env: 'BEYLA_SERVICE_NAMESPACE',
    live: true,
  },
} as const satisfies Tree;

export type SelectionConfig = ValueOf<typeof selection>;
