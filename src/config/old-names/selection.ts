import { type OldName, ofEveryExporter, prefixed, whenOn } from './old-name.ts';

export const selection: readonly OldName[] = [
  {
    keys: ['ebpf.executable_name'],
    variables: ['EXECUTABLE_NAME'],
    valid: '0.0.1 to 0.3',
    today: 'BEYLA_AUTO_TARGET_EXE or discovery.instrument[].exe_path (globs)',
    to: ['executable_name'],
  },
  {
    keys: ['ebpf.open_port'],
    variables: ['OPEN_PORT'],
    valid: '0.0.1 to 0.3',
    today: 'BEYLA_OPEN_PORT, open_port or discovery.instrument[].open_ports',
    to: ['open_port'],
  },
  { keys: ['autotargetexe'], valid: '2.5 on', today: 'BEYLA_AUTO_TARGET_EXE', to: ['auto_target_exe'] },
  { keys: ['autotargetlanguage'], valid: '2.5 on', today: 'BEYLA_AUTO_TARGET_LANGUAGE', to: ['auto_target_language'] },
  {
    keys: ['ebpf.system_wide', 'system_wide', 'discovery.system_wide'],
    variables: ['SYSTEM_WIDE', 'BEYLA_SYSTEM_WIDE'],
    valid: '0.0.1 to 2.3',
    today: 'discovery.instrument: [{exe_path: "*"}]',
    ...whenOn({ 'discovery.instrument': [{ exe_path: '*' }] }),
  },
  {
    variables: ['SERVICE_NAME', 'PROMETHEUS_SERVICE_NAME'],
    keys: ofEveryExporter('service_name'),
    valid: '0.0.1 to 0.3',
    today: 'BEYLA_SERVICE_NAME or discovery.instrument[].name',
    to: ['service_name'],
  },
  {
    variables: ['SERVICE_NAMESPACE'],
    keys: ofEveryExporter('service_namespace'),
    valid: '0.0.1 to 0.3',
    today: 'BEYLA_SERVICE_NAMESPACE or discovery.instrument[].namespace',
    to: ['service_namespace'],
  },
  {
    keys: ['ebpf.skip_go_specific_tracers', 'skip_go_specific_tracers'],
    variables: ['SKIP_GO_SPECIFIC_TRACERS'],
    valid: '0.0.4 to 0.3',
    today: 'BEYLA_SKIP_GO_SPECIFIC_TRACERS or discovery.skip_go_specific_tracers',
    to: ['discovery.skip_go_specific_tracers'],
  },
  prefixed('DISCOVERY_POLL_INTERVAL', 'discovery.poll_interval'),
  {
    keys: ['discovery.allow_self_instrumentation'],
    variables: ['BEYLA_ALLOW_SELF_INSTRUMENTATION'],
    valid: '1.7 to 1.9',
    today: 'discovery.default_exclude_instrument: []',
    ...whenOn({ 'discovery.default_exclude_instrument': [], 'discovery.default_exclude_services': [] }),
  },
];
