import { describe, expect, test } from 'vitest';
import { enabledParts } from '../../src/config/enabled.ts';
import { loadConfig } from '../../src/config/load.ts';
import { resolveOtlp } from '../../src/config/otlp-target.ts';
import { rulesOf } from '../../src/discover/rules.ts';
import { formatPorts } from '../../src/lib/ports.ts';
import type { Config } from '../../src/schema.ts';

/** What the public documents of each vintage tell their readers to run. */
const exporters = `otel_metrics_export:
  endpoint: http://localhost:4318
otel_traces_export:
  endpoint: http://localhost:4318
`;

const files = {
  'instrumenter-config.yml of 2023': `ebpf:\n  open_port: 443\n${exporters}`,
  'instrument-config.yml of 1.x': `open_port: 443\n${exporters}`,
  'instrument-config.yml of 3.x': `discovery:\n  instrument:\n    - open_ports: 443\n${exporters}`,
};

const commands: readonly { name: string; argv: readonly string[]; env: Readonly<Record<string, string>> }[] = [
  { name: 'otelauto -config FILE', argv: ['-config', 'FILE'], env: {} },
  { name: 'beyla -config FILE', argv: ['-config', 'FILE'], env: {} },
  { name: 'beyla --config=FILE', argv: ['--config=FILE'], env: {} },
  { name: 'BEYLA_CONFIG_PATH=FILE beyla', argv: [], env: { BEYLA_CONFIG_PATH: 'FILE' } },
  {
    name: 'BEYLA_CONFIG_PATH=FILE beyla -config OTHER',
    argv: ['-config', 'OTHER'],
    env: { BEYLA_CONFIG_PATH: 'FILE' },
  },
];

function ports(config: Config): readonly string[] {
  return rulesOf(config, config.discovery).include.map(({ criteria }) => formatPorts(criteria.openPorts ?? []));
}

describe.each(Object.entries(files))('%s', (_, text) => {
  test.each(commands)('$name watches port 443 and sends metrics and traces', ({ argv, env }) => {
    const readFile = (path: string): string => (path === 'FILE' ? text : 'not this one');
    const { config, report } = loadConfig({ argv, env, readFile });
    expect(ports(config)).toEqual(['443']);
    expect(resolveOtlp(config, 'metrics')).toMatchObject({
      is: 'on',
      target: { url: 'http://localhost:4318/v1/metrics', protocol: 'http/protobuf' },
    });
    expect(resolveOtlp(config, 'traces')).toMatchObject({
      is: 'on',
      target: { url: 'http://localhost:4318/v1/traces', protocol: 'http/protobuf' },
    });
    expect(report.unknown).toEqual([]);
    expect(report.withoutEffect).toEqual([]);
  });
});

function fromEnvironment(env: Readonly<Record<string, string>>) {
  return loadConfig({ argv: [], env: { HOME: '/root', PATH: '/bin', ...env }, readFile: () => '' });
}

describe('the article of September 2023', () => {
  const article = { BEYLA_PROMETHEUS_PORT: '8999', PRINT_TRACES: 'true', OPEN_PORT: '8080' };

  test('prints lines, serves metrics on 8999 and watches 8080', () => {
    const { config } = fromEnvironment(article);
    expect(ports(config)).toEqual(['8080']);
    expect(config.trace_printer).toBe('text');
    expect(config.prometheus_export).toMatchObject({ port: 8999, path: '/metrics' });
    expect(enabledParts(config)).toMatchObject({
      application: true,
      prometheus: true,
      tracePrinter: true,
      otelTraces: false,
    });
  });

  test('gets the names and the line that it shows, and is told so', () => {
    const { config, report } = fromEnvironment(article);
    expect(config.trace_printer_vintage).toBe('seed');
    expect(config.names_vintage).toBe('0.1');
    expect(report.warnings.map(({ text }) => text).join()).toContain('BEYLA_NAMES_VINTAGE=current');
  });

  test.each([
    { ...article, BEYLA_NAMES_VINTAGE: 'current' },
    { ...article, BEYLA_LOG_LEVEL: 'DEBUG' },
    { ...article, OTEL_EXPORTER_OTLP_ENDPOINT: 'http://localhost:4318' },
    { BEYLA_PROMETHEUS_PORT: '8999', BEYLA_TRACE_PRINTER: 'text', BEYLA_OPEN_PORT: '8080' },
    { BEYLA_PROMETHEUS_PORT: '8999', PRINT_TRACES: 'true', EXECUTABLE_NAME: 'server' },
  ])('any other command has the names of today: %j', (env) => {
    const { config } = fromEnvironment(env as unknown as Record<string, string>);
    expect(config.names_vintage).toBe('current');
    expect(config.trace_printer_vintage).toBe('current');
  });

  test('selects by name when it says EXECUTABLE_NAME', () => {
    const { config } = fromEnvironment({ EXECUTABLE_NAME: 'goblog', PRINT_TRACES: '1' });
    const [rule] = rulesOf(config, config.discovery).include;
    expect(rule?.criteria.exePath?.matches('/opt/goblog')).toBe(true);
  });
});

describe('commands of the documents', () => {
  test('direct mode: endpoint and headers by variables', () => {
    const { config } = fromEnvironment({
      OTEL_EXPORTER_OTLP_ENDPOINT: 'https://otlp.example/otlp',
      OTEL_EXPORTER_OTLP_HEADERS: 'Authorization=Basic XYZ',
      BEYLA_OPEN_PORT: '8080',
    });
    const headers = { Authorization: 'Basic XYZ' };
    expect(resolveOtlp(config, 'metrics')).toMatchObject({
      target: { url: 'https://otlp.example/otlp/v1/metrics', headers },
    });
    expect(resolveOtlp(config, 'traces')).toMatchObject({
      target: { url: 'https://otlp.example/otlp/v1/traces', headers },
    });
  });

  test('a container with a printer', () => {
    const { config, report } = fromEnvironment({ BEYLA_OPEN_PORT: '8443', BEYLA_TRACE_PRINTER: 'text' });
    expect(ports(config)).toEqual(['8443']);
    expect(report.deprecated).toEqual([]);
  });

  test('flows only: it starts, and says that nothing watches flows yet', () => {
    const { report } = fromEnvironment({ BEYLA_NETWORK_METRICS: '1', BEYLA_NETWORK_PRINT_FLOWS: '1' });
    expect(report.withoutEffect.map(({ key }) => key)).toEqual(['network.enable', 'network.print_flows']);
  });

  test('variables that Kubernetes sets for other services do no harm', () => {
    const { report } = fromEnvironment({
      BEYLA_OPEN_PORT: '80',
      BEYLA_TRACE_PRINTER: 'text',
      PROMETHEUS_PORT: 'tcp://10.0.0.1:9090',
      BEYLA_SERVICE_HOST: '10.0.0.2',
      BEYLA_SERVICE_PORT: '80',
      BEYLA_PORT_80_TCP_ADDR: '10.0.0.2',
    });
    expect(report.unknown.map(({ where, text }) => `${where} ${text}`)).toEqual([
      'variable PROMETHEUS_PORT "tcp://10.0.0.1:9090" is not a whole number; left aside',
    ]);
  });
});
