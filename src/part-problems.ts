import type { Problem } from './config/problem.ts';
import type { Config } from './config/schema.ts';
import { AgentError } from './lib/agent-error.ts';
import { createFilter } from './transform/filter.ts';

/** What a part would refuse when it is made, although every value by itself is right: only it knows all names there are. */
export function problemsOfParts(config: Config): readonly Problem[] {
  return Object.entries(config.filter.application).flatMap(([name, clauses]) => {
    try {
      createFilter({ [name]: clauses });
      return [];
    } catch (error) {
      if (!(error instanceof AgentError)) throw error;
      return [{ where: '', key: '', reason: error.message }];
    }
  });
}
