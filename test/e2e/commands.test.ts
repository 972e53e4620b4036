import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { type Bad, badConfigurations } from '../fixtures/config/bad.ts';
import { freePorts } from '../support/free-ports.ts';
import { Child } from '../support/processes.ts';
import { root } from '../support/programs.ts';

const beyla = join(root, 'bin/beyla');
const folder = mkdtempSync(join(tmpdir(), 'beyla-commands-'));

afterAll(() => rmSync(folder, { recursive: true }));

interface Run {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** The program with nothing in its environment but this. */
function start(args: readonly string[], { cwd = folder, env = {} }: Run = {}): Child {
  const variables = Object.entries({ PATH: process.env['PATH'] ?? '', ...env }).map(
    ([name, value]) => `${name}=${value}`,
  );
  return new Child('env', ['-i', ...variables, beyla, ...args], { name: `beyla ${args.join(' ')}`, cwd });
}

async function ended(child: Child) {
  const exit = await child.end();
  return { exit, lines: child.lines, output: child.lines.join('\n'), errors: child.errors.join('\n') };
}

/** What the records of the log say, by level. */
function messages(lines: readonly string[], level: string): readonly string[] {
  return lines.flatMap((line) => {
    const text = new RegExp(`^time=\\S+ level=${level} msg=("(?:[^"\\\\]|\\\\.)*"|\\S+)`).exec(line)?.[1];
    if (text === undefined) return [];
    return text.startsWith('"') ? (JSON.parse(text) as string) : text;
  });
}

/** A file for a bad configuration that has one. */
function argsFor({ yaml }: Bad): string[] {
  if (yaml === undefined) return [];
  writeFileSync(join(folder, 'beyla.yml'), yaml);
  return ['-config', 'beyla.yml'];
}

describe('a mistake on the command line ends with 2, a message and the usage', () => {
  test.each([
    [['-nope'], 'flag provided but not defined: -nope'],
    [['-config'], 'flag needs an argument: -config'],
    [['---config=x'], 'bad flag syntax: ---config=x'],
    [['config', 'diff'], 'flag needed: -against'],
    [['config', 'check', '-every'], 'flag provided but not defined: -every'],
  ])('%j', async (args, says) => {
    const { exit, errors, output } = await ended(start(args));
    expect(exit).toBe(2);
    expect(errors).toContain(says);
    expect(errors).toContain('Usage of beyla:');
    expect(output).toBe('');
  });
});

test.each(['-h', '-help', '--help'])('%s prints the usage and ends with 0', async (flag) => {
  const { exit, errors } = await ended(start([flag]));
  expect(exit).toBe(0);
  expect(errors).toContain('BEYLA_OPEN_PORT');
});

/** The others are asked of the loader alone. */
const chosen = [
  'not YAML',
  'a tab as indentation',
  'a key twice',
  'a number as duration',
  'a log level nobody knows',
  'an open brace in a glob',
  'a bad port in a variable',
  'a bad value hidden by a good variable',
  'nothing at all',
  'no exporter',
  'an unknown attribute of a selector',
  'a metrics endpoint without scheme',
  'an unknown key, strictly',
  'a key without effect, strictly',
];
const bad = badConfigurations.filter(({ name }) => chosen.includes(name));

describe('a bad configuration ends with 255, and says in readable lines what to mend', () => {
  test('all that are named here exist', () => expect(bad).toHaveLength(chosen.length));

  test.each(bad)('$name', async (one) => {
    const { exit, lines, output, errors } = await ended(start(argsFor(one), { ...(one.env && { env: one.env }) }));
    expect(exit).toBe(255);
    const said = messages(lines, 'ERROR');
    expect(said).toHaveLength(lines.length);
    for (const part of one.says) expect(said.join('\n')).toContain(part);
    expect(output + errors).not.toMatch(/^\s+at /m);
    expect(errors).toBe('');
  });

  test.each(bad)('$name: the check says so, too, and ends with 1', async (one) => {
    const { exit, output, errors } = await ended(
      start(['config', 'check', ...argsFor(one)], { ...(one.env && { env: one.env }) }),
    );
    expect(exit).toBe(1);
    for (const part of one.says) expect(output).toContain(part);
    expect(output).toMatch(/Result: refused\.$/);
    expect(errors).toBe('');
  });

  test('a file that is not there', async () => {
    const { exit, lines } = await ended(start(['-config', '/no/such.yml']));
    expect(exit).toBe(255);
    expect(messages(lines, 'ERROR').join()).toContain("can't open /no/such.yml");
  });

  test('a filter by an attribute that no span has', async () => {
    writeFileSync(
      join(folder, 'filter.yml'),
      'open_port: 1\ntrace_printer: text\nfilter: {application: {no.such: {match: x}}}\n',
    );
    const { exit, lines, output, errors } = await ended(start(['-config', 'filter.yml']));
    expect(exit).toBe(255);
    expect(messages(lines, 'ERROR').join()).toContain('no.such');
    expect(output + errors).not.toMatch(/^\s+at /m);
    for (const command of [
      ['config', 'check', '-config', 'filter.yml'],
      ['config', 'diff', '-against', 'filter.yml'],
    ]) {
      const refused = await ended(start(command));
      expect(refused.exit).toBe(1);
      expect(refused.output).toContain('"no.such" is not an attribute of spans');
    }
  });
});

const samples = join(root, 'test/fixtures/config/check');

test.each(['1.x', '2.x', '3.x'])('the check of a file of Beyla %s prints what the snapshot holds', async (vintage) => {
  const env = { GRAFANA_API_KEY: 'glc_secret' };
  const { exit, output } = await ended(start(['config', 'check', '-config', `${vintage}.yml`], { cwd: samples, env }));
  expect(`${output}\n`).toBe(readFileSync(join(samples, `${vintage}.txt`), 'utf8'));
  expect(exit).toBe(0);
});

test('a dry run of a reload tells what it would change, and ends with 1 for a file that would be refused', async () => {
  writeFileSync(join(folder, 'now.yml'), 'open_port: 80\ntrace_printer: text\n');
  writeFileSync(join(folder, 'next.yml'), 'open_port: 81\ntrace_printer: json\nroutes:\n');
  writeFileSync(join(folder, 'wrong.yml'), 'open_port: x\n');
  const against = (file: string) => ended(start(['config', 'diff', '-config', 'now.yml', '-against', file]));
  expect(await against('next.yml')).toMatchObject({
    exit: 0,
    lines: [
      'Changes on reload:',
      '  routes: there -> removed',
      '  open_port: "80" -> "81"',
      'Needs a restart:',
      '  trace_printer: text -> json',
    ],
  });
  expect(await against('now.yml')).toMatchObject({ exit: 0, lines: ['No difference.'] });
  const refused = await against('wrong.yml');
  expect(refused.exit).toBe(1);
  expect(refused.output).toContain('wrong.yml:1: open_port');
});

describe('the start', () => {
  test('tells who starts, that the configuration is loaded, what is odd about it, and on request all of it', async () => {
    const [port = 0] = await freePorts(1);
    writeFileSync(join(folder, 'good.yml'), `open_port: ${port}\nlog_config: yaml\nwakeup: 1\nebpf: {wakeup_len: 1}\n`);
    const agent = start(['-config', 'good.yml'], { env: { PRINT_TRACES: 'true', BEYLA_CHANNEL_BUFFER_LEN: '7' } });
    await agent.line(/msg=ready/);
    expect(agent.lines[0]).toMatch(
      /level=INFO msg="Grafana Beyla" Version=\S+ Revision=\S+ .*"OpenTelemetry SDK Version"=\d/,
    );
    expect(agent.lines[1]).toMatch(/msg="configuration loaded" version=v1$/);
    const warnings = messages(agent.lines, 'WARN');
    expect(warnings.map((text) => text.split(':')[0])).toEqual([
      'deprecated setting PRINT_TRACES',
      'unknown setting wakeup',
      'settings without effect in this build',
      'settings that act differently here',
    ]);
    const printed = agent.lines.filter((line) => !line.startsWith('time=')).join('\n');
    expect(parse(printed)).toMatchObject({ open_port: String(port), trace_printer: 'text', channel_buffer_len: 7 });
    expect(await agent.stop()).toBe(0);
  });

  test('without the capabilities that it needs says so, and ends with 255 when they are enforced', async () => {
    const [port = 0] = await freePorts(1);
    const drop = ['--bounding-set=-sys_admin,-bpf,-perfmon', '--inh-caps=-sys_admin,-bpf,-perfmon'];
    const env = { BEYLA_OPEN_PORT: String(port), BEYLA_TRACE_PRINTER: 'text', BEYLA_ENFORCE_SYS_CAPS: '1' };
    const { exit, lines } = await ended(new Child('setpriv', [...drop, beyla], { env }));
    expect(exit).toBe(255);
    expect(lines.at(-1)).toMatch(/level=ERROR msg="required capabilities are missing.* error=CAP_PERFMON,CAP_BPF$/);
  });

  test('with a taken Prometheus port says so and ends with 0, as the reference does', async () => {
    const [port = 0] = await freePorts(1);
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(port, resolve));
    const { exit, lines } = await ended(
      start([], { env: { BEYLA_OPEN_PORT: '1', BEYLA_PROMETHEUS_PORT: String(port) } }),
    );
    taken.close();
    expect(exit).toBe(0);
    expect(messages(lines, 'ERROR').join()).toContain('another program listens there');
  });
});
