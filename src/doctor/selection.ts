import { readConfig } from '../config/load.ts';
import { describe } from '../config/problem.ts';
import type { Sources } from '../config/sources.ts';
import { type RuleSet, rulesOf } from '../discover/rules.ts';
import type { Finding } from './finding.ts';

/** What an agent started with this configuration would do. */
export interface Intended {
  readonly finding: Finding;
  readonly rules: RuleSet;
  readonly backend: string;
  readonly proc: string;
}

const nothing: RuleSet = { include: [], exclude: [], systemPaths: [] };
const check = 'configuration';

export function intended(sources: Sources): Intended {
  const none = { rules: nothing, backend: 'auto', proc: sources.env['HOST_PROC'] || '/proc' };
  if (!isGiven(sources)) {
    const says = 'none is given: processes are found, and none is selected';
    return {
      ...none,
      finding: { check, level: 'note', says, fix: 'beyla doctor -config FILE, or set BEYLA_OPEN_PORT' },
    };
  }
  try {
    const { config, report } = readConfig(sources);
    if (config === undefined) {
      const says = `refused: ${report.problems.map((problem) => describe(problem)).join('; ')}`;
      return { ...none, finding: { check, level: 'broken', says, fix: 'beyla config check says more' } };
    }
    const says = `${report.file ?? 'from the environment'}, accepted`;
    return {
      rules: rulesOf(config, config.discovery),
      backend: config.ebpf.capture_backend,
      proc: config.surroundings.host_proc || '/proc',
      finding: { check, level: 'ok', says },
    };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { ...none, finding: { check, level: 'broken', says: `cannot be read: ${why}`, fix: 'check the file' } };
  }
}

function isGiven({ path, env }: Sources): boolean {
  return path !== '' || Object.keys(env).some((name) => /^(BEYLA_|OTEL_EBPF_|GRAFANA_)/.test(name));
}
