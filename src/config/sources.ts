import type { Problem } from './problem.ts';
import { substitute, type Variables } from './substitute.ts';
import { parseYaml, type YamlNode } from './yaml.ts';

export interface Sources {
  /** Path of the file, empty for none. */
  readonly path: string;
  readonly env: Variables;
  /** @throws when the file cannot be read */
  readonly readFile: (path: string) => string;
}

/** The file that counts: that of the variable before that of the flag. */
export function configPath(flag: string, env: Variables): string {
  return env['BEYLA_CONFIG_PATH'] || env['OTEL_EBPF_CONFIG_PATH'] || flag;
}

/** The file as a tree; no file is as good as an empty one. */
export function readRoot({ path, env, readFile }: Sources): {
  root: YamlNode | undefined;
  problems: readonly Problem[];
} {
  if (path === '') return { root: undefined, problems: [] };
  let text: string;
  try {
    text = readFile(path);
  } catch (cause) {
    const reason = `can't open ${path}: ${cause instanceof Error ? cause.message : String(cause)}`;
    return { root: undefined, problems: [{ where: '', key: '', reason }] };
  }
  const { root, faults } = parseYaml(substitute(text, env));
  const problems = faults.map(({ line, message }) => ({
    where: `${path}:${line}`,
    key: '',
    reason: `parsing YAML configuration: ${message}`,
  }));
  return { root, problems };
}
