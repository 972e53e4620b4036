import type { Environment } from './env-names.ts';
import type { Note } from './problem.ts';
import type { Layer } from './written.ts';

/** The command of the article that introduced Beyla in 2023: exactly these settings, and no file. */
const command = ['BEYLA_PROMETHEUS_PORT', 'OPEN_PORT', 'PRINT_TRACES'];
const because = 'the command of the 2023 article';

/**
 * Names and lines are today's for everybody; only who runs that command gets what its article shows. Any further
 * setting of ours, also of the two that choose names, shows that it is not that command.
 */
export function applyBlogCommand(effective: Layer, hasFile: boolean, environment: Environment): readonly Note[] {
  if (hasFile || !isBlogCommand(environment)) return [];
  const origin = { from: 'rule', why: because } as const;
  effective.set('trace_printer_vintage', { written: 'seed', origin });
  effective.set('names_vintage', { written: '0.1', origin });
  const text = `${because}: metrics and lines have the names of that time; set BEYLA_NAMES_VINTAGE=current for those of today`;
  return [{ where: '', key: 'names_vintage', text }];
}

function isBlogCommand(environment: Environment): boolean {
  const { variables } = environment;
  if (command.some((name) => (variables[name] ?? '') === '')) return false;
  const others = environment.ours().filter(({ name }) => !command.includes(name));
  const standard = Object.entries(variables).filter(
    ([name, value]) => /^(?:OTEL_|GRAFANA_CLOUD_)/.test(name) && value !== '',
  );
  return others.length === 0 && standard.length === 0 && (variables['EXECUTABLE_NAME'] ?? '') === '';
}
