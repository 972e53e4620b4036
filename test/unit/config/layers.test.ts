import { describe, expect, test } from 'vitest';
import { readConfig } from '../../../src/config/load.ts';
import { formatPorts } from '../../../src/lib/ports.ts';
import type { Config } from '../../../src/schema.ts';

const always = { BEYLA_TRACE_PRINTER: 'text' };

function configOf(yaml: string, env: Readonly<Record<string, string>> = {}): Config {
  const { config, report } = readConfig({
    path: 'beyla.yml',
    env: { ...always, ...env },
    readFile: () => `${yaml}\nexecutable_name: x\n`,
  });
  expect(report.problems).toEqual([]);
  return config as Config;
}

describe('the file over the defaults', () => {
  test('a list replaces the default list', () => {
    expect(configOf('otel_traces_export: {instrumentations: [http]}').otel_traces_export.instrumentations).toEqual([
      'http',
    ]);
  });

  test('a section changes only the keys it names', () => {
    const { routes } = configOf('routes: {patterns: [/a]}');
    expect(routes?.unmatched).toBe('low-cardinality');
    expect(routes?.patterns).toEqual(['/a']);
  });

  test('a mapping is joined key by key with the default', () => {
    const { resource_labels: labels } = configOf('attributes: {kubernetes: {resource_labels: {service.name: [x]}}}')
      .attributes.kubernetes;
    expect(labels['service.name']).toEqual(['x']);
    expect(labels['service.version']).toEqual(['app.kubernetes.io/version']);
  });

  test.each(['routes', 'name_resolver'] as const)('%s set to null is removed', (section) => {
    expect(configOf(`${section}:`)[section]).toBeUndefined();
    expect(configOf(`${section}: {}`)[section]).toBeDefined();
  });

  test.each(['[]', '', 'null'])('a list set to %j is empty', (value) => {
    expect(configOf(`discovery: {default_exclude_instrument: ${value}}`).discovery.default_exclude_instrument).toEqual(
      [],
    );
  });

  test('any other key set to null keeps its default', () => {
    expect(configOf('shutdown_timeout:').shutdown_timeout).toBe(10_000);
    expect(configOf('ebpf:').ebpf.batch_length).toBe(100);
  });

  test('a number is taken as it is written where a text is expected', () => {
    expect(configOf('grafana: {otlp: {cloud_instance_id: 012345}}').grafana.otlp.cloud_instance_id).toBe('012345');
  });

  test.each([
    ['yes', true],
    ['On', true],
    ['"y"', true],
    ['TRUE', true],
    ['off', false],
    ['n', false],
    ['False', false],
  ])('%s is the truth value %j', (written, expected) => {
    expect(configOf(`enforce_sys_caps: ${written}`).enforce_sys_caps).toBe(expected);
  });

  test.each([
    ['0x10', 16],
    ['010', 8],
    ['0o10', 8],
    ['1_000', 1000],
    ['8.0', 8],
  ])('%s is the number %d', (written, expected) => {
    expect(configOf(`profile_port: ${written}`).profile_port).toBe(expected);
  });

  test.each([
    ['443', '443'],
    ['"80,443,8000-8999"', '80,443,8000-8999'],
    ['[80, 443]', '80,443'],
    ['80,443', '80,443'],
  ])('open_ports may be written %s', (written, expected) => {
    const [entry] = configOf(
      `discovery: {instrument: [{open_ports: ${written.includes(',') && !/["[]/.test(written) ? `"${written}"` : written}}]}`,
    ).discovery.instrument;
    expect(formatPorts(entry?.open_ports ?? [])).toBe(expected);
  });

  test('networks may have names', () => {
    const { cidrs } = configOf('network: {cidrs: [10.0.0.0/8, {cidr: "::/0", name: world}]}').network;
    expect(cidrs).toEqual([
      { cidr: '10.0.0.0/8', name: '10.0.0.0/8' },
      { cidr: '::/0', name: 'world' },
    ]);
  });

  test('variables are replaced before the file is parsed', () => {
    const yaml = `prometheus_export: {port: $` + `{PORT:-9000}}`;
    expect(configOf(yaml).prometheus_export.port).toBe(9000);
    expect(configOf(yaml, { PORT: '9001' }).prometheus_export.port).toBe(9001);
  });

  test('JSON is YAML', () => {
    const { config } = readConfig({ path: 'b.json', env: always, readFile: () => '{"open_port": "8080"}' });
    expect(formatPorts(config?.open_port ?? [])).toBe('8080');
  });
});

describe('the environment over the file', () => {
  test('a variable replaces a value and a list', () => {
    const config = configOf('prometheus_export: {port: 1, instrumentations: [http]}', {
      BEYLA_PROMETHEUS_PORT: '2',
      BEYLA_PROMETHEUS_INSTRUMENTATIONS: 'grpc,sql',
    });
    expect(config.prometheus_export.port).toBe(2);
    expect(config.prometheus_export.instrumentations).toEqual(['grpc', 'sql']);
  });

  test('an empty variable counts as unset', () => {
    expect(configOf('prometheus_export: {path: /x}', { BEYLA_PROMETHEUS_PATH: '' }).prometheus_export.path).toBe('/x');
  });

  test('ports and process ids are added to those of the file', () => {
    const config = configOf('open_port: 80\ntarget_pids: 7', { BEYLA_OPEN_PORT: '443', BEYLA_TARGET_PID: '8-9' });
    expect(formatPorts(config.open_port ?? [])).toBe('80,443');
    expect(formatPorts(config.target_pids ?? [])).toBe('7,8-9');
  });

  test('the own endpoint in the file is stronger than the common variable', () => {
    const config = configOf('otel_traces_export: {endpoint: "http://own"}', {
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://common',
    });
    expect(config.otel_traces_export.endpoint).toBe('http://own');
    expect(config.otlp.endpoint).toBe('http://common');
  });

  test.each([
    [{ BEYLA_METRICS_TTL: '1s', OTEL_EBPF_METRICS_TTL: '2s' }, 2000],
    [{ OTEL_EBPF_METRICS_TTL: '2s', BEYLA_METRICS_TTL: '1s' }, 2000],
    [{ BEYLA_METRICS_TTL: '1s', BEYLA_OTEL_METRICS_TTL: '3s' }, 1000],
    [{ BEYLA_OTEL_METRICS_TTL: '3s', BEYLA_METRICS_TTL: '1s' }, 3000],
    [{ OTEL_EBPF_METRICS_TTL: '', BEYLA_METRICS_TTL: '1s' }, 1000],
  ])('of %j, the stronger spelling gives %d ms', (env, ms) => {
    expect(configOf('', env as Record<string, string>).otel_metrics_export.ttl).toBe(ms);
  });

  test.each([
    ['1', true],
    ['t', true],
    ['TRUE', true],
    ['0', false],
    ['F', false],
  ])('%s is the truth value %j in a variable', (written, expected) => {
    expect(configOf('', { BEYLA_ENFORCE_SYS_CAPS: written }).enforce_sys_caps).toBe(expected);
  });

  test('a list is split at commas, and features may have blanks', () => {
    expect(configOf('', { BEYLA_NETWORK_INTERFACES: 'eth0, eth1' }).network.interfaces).toEqual(['eth0', ' eth1']);
    expect(configOf('', { BEYLA_METRICS_FEATURES: 'application, network' }).metrics.features).toEqual([
      'application',
      'network',
    ]);
  });

  test('headers are trimmed, and variables inside them replaced', () => {
    const { headers } = configOf('', {
      OTEL_EXPORTER_OTLP_HEADERS: ' Authorization = Basic $(KEY) ,, x=%20y=z',
      KEY: 'abc',
    }).otlp;
    expect(headers).toEqual({ Authorization: 'Basic abc', x: '%20y=z' });
  });

  test('some variables expand like a shell', () => {
    expect(configOf('', { OTEL_SERVICE_NAME: '$APP-api', APP: 'shop' }).service_name).toBe('shop-api');
    expect(configOf('', { BEYLA_SERVICE_NAMESPACE: '$APP', APP: 'shop' }).service_namespace).toBe('$APP');
  });
});

describe('variables that other programs read as well', () => {
  test('do not stop the agent when they are written for another', () => {
    const env = { BEYLA_OPEN_PORT: '1', ...always, OTEL_EXPORTER_OTLP_TIMEOUT: '10s' };
    const { config, report } = readConfig({ path: '', env, readFile: () => '' });
    expect(config?.otlp.timeout_ms).toBe(0);
    expect([...new Set(report.warnings.map(({ where }) => where))]).toEqual(['variable OTEL_EXPORTER_OTLP_TIMEOUT']);
  });

  test('are not reported for having no effect', () => {
    const env = {
      BEYLA_OPEN_PORT: '1',
      ...always,
      KUBECONFIG: '/root/.kube/config',
      DOCKER_HOST: 'unix:///d',
      BEYLA_STRICT: '1',
    };
    const { config, report } = readConfig({ path: '', env, readFile: () => '' });
    expect(config?.attributes.kubernetes.kubeconfig_path).toBe('/root/.kube/config');
    expect(report.withoutEffect).toEqual([]);
  });
});

describe('rules after loading', () => {
  test('a log level between two names is the upper one', () => {
    expect(configOf('log_level: info+2').log_level).toBe('WARN');
    expect(configOf('log_level: debug-1').log_level).toBe('DEBUG');
  });

  test('the interval of metrics falls back on the standard variable', () => {
    expect(configOf('').otel_metrics_export.interval).toBe(60_000);
    expect(configOf('', { OTEL_METRIC_EXPORT_INTERVAL: '5000' }).otel_metrics_export.interval).toBe(5000);
    expect(
      configOf('', { OTEL_METRIC_EXPORT_INTERVAL: '5000', BEYLA_METRICS_INTERVAL: '1s' }).otel_metrics_export.interval,
    ).toBe(1000);
  });

  test('the old list of features of an enabled exporter wins', () => {
    const yaml = 'prometheus_export: {port: 1, features: [application_span]}\nmetrics: {features: [application]}';
    expect(configOf(yaml).metrics.features).toEqual(['application_span']);
    expect(configOf(yaml.replace('port: 1', 'port: 0')).metrics.features).toEqual(['application']);
    const both = `${yaml}\notel_metrics_export: {endpoint: "http://x", features: [application_host]}`;
    expect(configOf(both).metrics.features).toEqual(['application_host']);
  });

  test('a survey shortens the default exclusions, unless they were changed', () => {
    const yaml = 'discovery: {survey: [{exe_path: "*"}]}';
    expect(configOf(yaml).discovery.default_exclude_instrument[1]?.k8s_namespace?.matches('monitoring')).toBe(false);
    expect(configOf('').discovery.default_exclude_instrument[1]?.k8s_namespace?.matches('monitoring')).toBe(true);
  });

  test('a sampler whose ratio cannot be read keeps everything', () => {
    const { report } = readConfig({
      path: 'b.yml',
      env: { ...always, OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: 'half' },
      readFile: () => 'open_port: 1',
    });
    expect(report.effective.get('otel_traces_export.sampler.name')?.written).toBe('parentbased_always_on');
    expect(report.warnings[0]?.text).toContain('"half"');
  });

  test.each([
    ['routes: {unmatched: other}', 'wildcard'],
    ['routes: {unmatched: ""}', 'wildcard'],
    ['routes: {unmatched: path}', 'path'],
  ])('%s means %s', (yaml, expected) => {
    expect(configOf(yaml).routes?.unmatched).toBe(expected);
  });

  test('a word with another spelling counts as the known one', () => {
    expect(
      configOf('otel_metrics_export: {instrumentations: [mongodb, nonsense]}').otel_metrics_export.instrumentations,
    ).toEqual(['mongo']);
    expect(configOf('name_resolver: {sources: [Kubernetes, DNS]}').name_resolver?.sources).toEqual(['k8s', 'dns']);
  });
});
