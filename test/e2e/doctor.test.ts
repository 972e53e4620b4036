import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import type { Report } from '../../src/doctor/report.ts';
import { Agent } from '../support/agent.ts';
import { askDoctor } from '../support/doctor.ts';
import { freePorts } from '../support/free-ports.ts';
import { internalRows } from '../support/internal-table.ts';
import { load } from '../support/load.ts';
import { Child } from '../support/processes.ts';
import { root } from '../support/programs.ts';
import { startSampleServer } from '../support/sample-server.ts';
import { until } from '../support/until.ts';

const started: { stop(): Promise<unknown> }[] = [];

afterEach(async () => {
  for (const one of started.splice(0).reverse()) await one.stop();
});

const beyla = join(root, 'bin/beyla');
const isolated = 'mount -t tmpfs none /run';

/** The same command on a host that lacks something; each has a mount namespace of its own and sees no other agent. */
const lacking = {
  nothing: (command: string) => `${isolated}; exec ${command}`,
  'a capability': (command: string) =>
    `${isolated}; exec capsh --drop=cap_bpf,cap_perfmon,cap_sys_admin -- -c '${command}'`,
  tracefs: (command: string) => `${isolated}; umount /sys/kernel/tracing; exec ${command}`,
  BTF: (command: string) => `${isolated}; mount -t tmpfs none /sys/kernel/btf; exec ${command}`,
  'cgroup v2': (command: string) =>
    `${isolated}; for at in $(awk '$3 == "cgroup2" {print $2}' /proc/mounts); do umount $at; done; exec ${command}`,
  root: (command: string) => `${isolated}; exec setpriv --reuid 65534 --regid 65534 --clear-groups ${command}`,
} as const;
type Missing = keyof typeof lacking;

interface Said {
  readonly exit: number | string;
  readonly output: string;
  readonly errors: string;
}

async function run(missing: Missing, args: string, env: Readonly<Record<string, string>>): Promise<Said> {
  const child = new Child('unshare', ['-m', 'sh', '-c', lacking[missing](`${beyla} ${args}`)], { env });
  started.push(child);
  const exit = await child.end();
  return { exit, output: child.lines.join('\n'), errors: child.errors.join('\n') };
}

async function doctor(missing: Missing, env: Readonly<Record<string, string>> = {}): Promise<Report> {
  const said = await run(missing, 'doctor -json', env);
  expect(said.errors).toBe('');
  const report = JSON.parse(said.output) as Report;
  expect(said.exit).toBe(report.exitCode);
  return report;
}

const found = (report: Report, check: string) => report.findings.find((one) => one.check === check);

async function selectedServer(): Promise<{
  readonly server: Child;
  readonly port: number;
  readonly env: Record<string, string>;
}> {
  const [port = 0] = await freePorts(1);
  const server = await startSampleServer(port);
  started.push(server);
  return { server, port, env: { BEYLA_OPEN_PORT: String(port), BEYLA_TRACE_PRINTER: 'json' } };
}

describe('alone', () => {
  test('a host that has everything is healthy, and the backend of an agent is found by a trial', async () => {
    const { server, env } = await selectedServer();
    const report = await doctor('nothing', env);
    expect(report).toMatchObject({ verdict: 'healthy', exitCode: 0, agents: [] });
    expect(report.capture).toMatchObject({ from: 'a trial', backend: 'tp_btf' });
    const refused = report.capture?.attempts.filter(({ is }) => is === 'refused') ?? [];
    expect(refused.every(({ cause, fix, detail }) => [cause, fix, detail].every((text) => text !== ''))).toBe(true);
    expect(report.processes.find(({ pid }) => pid === server.pid)).toMatchObject({ is: 'selected', why: 'open_port' });
    expect(report.processes.filter(({ is }) => is === 'selected')).toHaveLength(1);
  });

  test.each<[Missing, string, 0 | 2, RegExp, RegExp]>([
    ['a capability', 'capabilities', 2, /without CAP_BPF .*CAP_PERFMON/, /--cap-add BPF/],
    ['BTF', 'BTF', 2, /vmlinux cannot be read/, /CONFIG_DEBUG_INFO_BTF=y/],
    ['root', 'capabilities', 2, /not root \(uid 65534\)/, /run as root \(sudo\)/],
    ['tracefs', 'tracefs', 0, /is not mounted/, /mount -t tracefs none/],
    ['cgroup v2', 'cgroup', 0, /v1 only|none is mounted/, /mount -t cgroup2/],
  ])('without %s the check %s names it and its fix, and the rest goes on', async (missing, check, exit, says, fix) => {
    const { server, env } = await selectedServer();
    const report = await doctor(missing, env);
    expect(report.exitCode).toBe(exit);
    expect(found(report, check)?.says).toMatch(says);
    expect(found(report, check)?.fix).toMatch(fix);
    expect(found(report, 'kernel')?.level).toBe('ok');
    expect(report.processes.map(({ pid }) => pid)).toContain(server.pid);
    for (const { level, fix: advice } of report.findings) if (level !== 'ok') expect(advice ?? '').not.toBe('');
  });

  test('without tracefs the backend that needs it is degraded to none', async () => {
    const { env } = await selectedServer();
    const report = await doctor('tracefs', { ...env, BEYLA_BPF_CAPTURE_BACKEND: 'syscalls' });
    expect(report.exitCode).toBe(2);
    expect(found(report, 'capture')?.says).toContain('tracefs is not mounted');
  });

  test('a configuration that is refused is told, and one that is not given is no mistake', async () => {
    const wrong = await doctor('nothing', { BEYLA_OPEN_PORT: 'http', BEYLA_TRACE_PRINTER: 'json' });
    expect(wrong).toMatchObject({ exitCode: 2 });
    expect(found(wrong, 'configuration')?.says).toContain('BEYLA_OPEN_PORT');
    const none = await doctor('nothing');
    expect(none).toMatchObject({ exitCode: 0 });
    expect(found(none, 'configuration')?.level).toBe('note');
  });

  test('the page for people is at most 100 columns wide', async () => {
    const { output, exit } = await run('root', 'doctor', { BEYLA_OPEN_PORT: '1', BEYLA_TRACE_PRINTER: 'json' });
    expect(exit).toBe(2);
    expect(output.split('\n').filter((line) => [...line].length > 100)).toEqual([]);
  });
});

describe('an agent that is started', () => {
  test.each<[Missing, RegExp]>([
    ['a capability', /may not load BPF programs.*beyla doctor/],
    ['BTF', /no BTF at .*beyla doctor/],
    ['root', /may not load BPF programs: run as root/],
  ])('without %s ends with a line that names the cause', async (missing, cause) => {
    const { output, errors, exit } = await run(missing, '', { BEYLA_OPEN_PORT: '1', BEYLA_TRACE_PRINTER: 'json' });
    expect(exit).toBe(255);
    expect(output).toMatch(cause);
    expect(errors).toBe('');
  });

  test('without tracefs, with the backend that needs it, ends with its mount command', async () => {
    const env = { BEYLA_OPEN_PORT: '1', BEYLA_TRACE_PRINTER: 'json', BEYLA_BPF_CAPTURE_BACKEND: 'syscalls' };
    const { output, exit } = await run('tracefs', '', env);
    expect(exit).toBe(255);
    expect(output).toContain('tracefs is not mounted: mount -t tracefs none /sys/kernel/tracing');
  });

  test('says once that it is degraded when only system calls are left', async () => {
    const agent = await Agent.start({ backend: 'syscalls', ports: await freePorts(1) });
    started.push(agent);
    const warnings = agent.log.filter((line) => line.includes('level=WARN') && line.includes('beyla doctor'));
    expect(warnings).toHaveLength(1);
  });
});

describe('beside running agents', () => {
  test('each is asked: what it captures, by which rule, when the last event was and what was lost', async () => {
    const { server, port } = await selectedServer();
    const agent = await Agent.start({ ports: [port] });
    started.push(agent);
    const other = await Agent.start({ backend: 'syscalls', ports: [port] });
    started.push(other);
    await agent.instruments(server.pid);
    await load({ port, requests: 5, connections: 1, path: '/asked' });
    await agent.spansWhere(({ path, side }) => path === '/asked' && side === 'server', 5);
    const report = await askDoctor();
    const families = 'Go crypto/tls, Go net/http, Go goroutines, Go ServeMux';
    expect(report.agents).toEqual(expect.arrayContaining([agent.pid, other.pid]));
    const row = report.processes.find(({ pid, agent: of }) => pid === server.pid && of === agent.pid);
    expect(row).toMatchObject({
      is: 'selected',
      why: 'open_port',
      attached: `TCP tp_btf, ${families}`,
      requests: 5,
      lost: '0',
    });
    expect(Date.now() - (row?.lastMs ?? 0)).toBeLessThan(60_000);
    const attached = report.processes.find(({ pid, agent: of }) => pid === server.pid && of === other.pid)?.attached;
    expect(attached).toBe(`TCP syscalls, ${families}`);
    expect(
      report.findings.some(({ check, says }) => check === `agent ${agent.pid}` && says === 'nothing was lost'),
    ).toBe(true);
  });

  test('an agent that was killed leaves a socket that is told and removed by the next', async () => {
    const [port = 0] = await freePorts(1);
    const killed = await Agent.start({ ports: [port] });
    killed.kill();
    await killed.ended();
    const left = `agent-${killed.pid}-`;
    const dead = (report: Report) => report.findings.some(({ level, says }) => level === 'note' && says.includes(left));
    expect(dead(await askDoctor())).toBe(true);
    const agent = await Agent.start({ ports: [port] });
    started.push(agent);
    const report = await askDoctor();
    expect(dead(report)).toBe(false);
    expect(report.agents).toContain(agent.pid);
    expect(report.agents).not.toContain(killed.pid);
  });
});

describe('the internal page', () => {
  const live = ['ebpf_tracer_flushes_bucket', 'instrumented_processes', 'bpf_probe_executions_total'];
  live.push('bpf_probe_latency_seconds_total', 'bpf_map_entries', 'bpf_map_max_entries', 'internal_build_info');

  test('has the figures of the running agent, with the labels of the reference', async () => {
    const { port } = await selectedServer();
    const agent = await Agent.start({ ports: [port], env: { BEYLA_PROMETHEUS_FEATURES: 'application,ebpf' } });
    started.push(agent);
    await load({ port, requests: 5, connections: 1, path: '/figures' });
    await agent.spansWhere(({ path, side }) => path === '/figures' && side === 'server', 5);
    const samples = await agent.internalMetrics();
    for (const name of live.map((one) => `beyla_${one}`)) {
      const row = internalRows.find((one) => one.name === name.replace(/_bucket$/, ''));
      const wanted = [...(row?.labels ?? []), ...(row?.more ?? []), ...(name.endsWith('_bucket') ? ['le'] : [])];
      const labels = samples.find((sample) => sample.name === name)?.labels ?? {};
      expect([name, ...Object.keys(labels).sort()]).toEqual([name, ...wanted.sort()]);
    }
    const figure = (name: string) => samples.find((sample) => sample.name === name)?.value;
    expect(figure('beyla_coverage_ratio')).toBe(1);
    expect(samples.find(({ name }) => name === 'beyla_service_requests_total')?.value).toBe(5);
    const sends = samples.find(
      ({ name, labels }) => name.includes('executions') && labels['probe_name'] === 'tcp_send',
    );
    expect(sends?.value).toBeGreaterThan(0);
  });

  test('shows what the kernel has counted by the moment of the scrape, and measures no program unasked', async () => {
    const { port } = await selectedServer();
    const agent = await Agent.start({ ports: [port] });
    started.push(agent);
    await load({ port, requests: 3, connections: 1, path: '/now' });
    // the kernel counts before it hands over the record that the span is made of
    await agent.spansWhere(({ path, side }) => path === '/now' && side === 'server', 3);
    const samples = await agent.internalMetrics();
    const counted = samples.find(({ labels }) => labels['reason'] === 'exchanges');
    expect(counted?.value).toBeGreaterThanOrEqual(3);
    expect(samples.filter(({ name }) => name.startsWith('beyla_bpf_'))).toEqual([]);
  });
});

test('an agent that cannot be asked works all the same', async () => {
  const [port = 0] = await freePorts(1);
  const env = { BEYLA_OPEN_PORT: String(port), BEYLA_TRACE_PRINTER: 'json' };
  const script = `mount -t tmpfs -o ro none /run; exec ${beyla}`;
  const agent = new Child('unshare', ['-m', 'sh', '-c', script], { env });
  started.push(agent);
  await agent.line(/msg=ready/);
  await until(() => agent.exit === undefined);
  expect(await agent.stop()).toBe(0);
});
