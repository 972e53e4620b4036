import { nearest } from '../lib/nearest.ts';
import { declaredSuffixes } from './env-layer.ts';
import { type Environment, suffixOf } from './env-names.ts';
import { oldNames } from './old-names/list.ts';
import type { Note } from './problem.ts';
import type { Setting } from './tree.ts';

/** Kubernetes sets these for a service that happens to be called `beyla`. */
const serviceLink = /_SERVICE_HOST$|_SERVICE_PORT(?:_[A-Z0-9_]+)?$|_PORT(?:_\d+_(?:TCP|UDP)(?:_[A-Z]+)?)?$/;
/** Read before or beside the schema. */
const elsewhere = /^(?:BEYLA|OTEL_EBPF)_CONFIG_PATH$|^BEYLA_K8S_CACHE_/;

/** Variables with one of our prefixes that nobody reads. */
export function unknownVariables(environment: Environment, settings: ReadonlyMap<string, Setting>): readonly Note[] {
  const suffixes = declaredSuffixes(settings);
  const declared = [...settings.values()].flatMap(({ env }) => (env === undefined ? [] : [env].flat()));
  const old = oldNames.flatMap(({ variables }) => variables ?? []);
  const known = new Set([...declared, ...old]);
  return environment.ours().flatMap(({ name, value }) => {
    const suffix = suffixOf(name) ?? '';
    if (known.has(name) || suffixes.has(suffix) || elsewhere.test(name)) return [];
    if (serviceLink.test(name) || /^(?:tcp|udp):\/\//.test(value)) return [];
    const closest = nearest(suffix, suffixes);
    const text =
      closest === undefined ? 'nothing like it is known' : `did you mean ${prefixOf(name, suffix)}${closest}?`;
    return [{ where: 'environment', key: name, text }];
  });
}

function prefixOf(name: string, suffix: string): string {
  return name.slice(0, name.length - suffix.length);
}
