import { suffixOf } from './env-names.ts';
import { settings } from './settings.ts';

/** The usage text, with every variable of the schema. */
export function usage(): string {
  const rows = [...settings].flatMap(([, { env, doc }]) =>
    env === undefined ? [] : [[usualName([env].flat()[0] ?? ''), doc] as const],
  );
  const width = 46;
  const unique = new Map(rows);
  const list = [...unique].map(([name, doc]) =>
    name.length < width ? `  ${name.padEnd(width)}${doc}` : `  ${name}\n  ${' '.repeat(width)}${doc}`,
  );
  return [
    'Usage of beyla:',
    '  beyla [-config FILE]                         run the agent',
    '  beyla config check [-config FILE] [-all]     say what this build makes of a configuration',
    '  beyla config diff [-config FILE] -against F  say what a reload with the file F would change',
    '  beyla doctor [-config FILE] [-json]          say what this host allows, and what is seen of each process',
    '  beyla routes preview [-config F] [-json]     say which paths of live traffic become which routes; without a',
    '                       [-seconds N]            running agent, those of the next N seconds (10)',
    '  beyla health                                 exit 0 if a running agent answers, 1 if none does',
    '  beyla trace [-config FILE]                   show traces as trees: those of running agents, or its own',
    '',
    '  -config string',
    '    \tpath of the configuration file (YAML); BEYLA_CONFIG_PATH is stronger',
    '',
    'Variables (a name that begins with BEYLA_ may also begin with OTEL_EBPF_, which is stronger):',
    ...list,
    '',
  ].join('\n');
}

/** The spelling that people use, of the three. */
export function usualName(name: string): string {
  const suffix = suffixOf(name);
  return suffix === undefined || !name.startsWith('OTEL_EBPF_') ? name : `BEYLA_${suffix}`;
}
