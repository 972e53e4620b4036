import type { Criteria, Overrides, Rule, RuleSet } from '../../src/discover/rules.ts';
import { parseGlob } from '../../src/lib/glob.ts';
import { parsePorts } from '../../src/lib/ports.ts';

interface Written extends Omit<Criteria, 'exePath' | 'cmdArgs' | 'languages' | 'openPorts' | 'metadata'> {
  readonly exePath?: string;
  readonly cmdArgs?: string;
  readonly languages?: string;
  readonly openPorts?: string;
  readonly metadata?: Readonly<Record<string, string>>;
}

/** A rule with its patterns as a user writes them: globs and lists of ports. */
export function rule(origin: string, written: Written, overrides: Overrides = {}): Rule {
  const { exePath, cmdArgs, languages, openPorts, metadata, ...rest } = written;
  return {
    origin,
    criteria: {
      ...rest,
      ...(exePath !== undefined && { exePath: parseGlob(exePath) }),
      ...(cmdArgs !== undefined && { cmdArgs: parseGlob(cmdArgs) }),
      ...(languages !== undefined && { languages: parseGlob(languages) }),
      ...(openPorts !== undefined && { openPorts: parsePorts(openPorts) }),
      ...(metadata !== undefined && { metadata: globs(metadata) }),
    },
    overrides,
  };
}

export function rules(include: readonly Rule[], exclude: readonly Rule[] = []): RuleSet {
  return { include, exclude, systemPaths: ['/usr/sbin/'] };
}

function globs(texts: Readonly<Record<string, string>>) {
  return Object.fromEntries(Object.entries(texts).map(([key, text]) => [key, parseGlob(text)]));
}
