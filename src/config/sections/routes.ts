import type { Tree, ValueOf } from '../tree.ts';

export const routes = {
  unmatched: {
    doc: 'Route of a path that no pattern matches: none, the path, /**, or one guessed from the shape of the path.',
    format: ['unset', 'path', 'wildcard', 'heuristic', 'low-cardinality'],
    otherwise: 'wildcard',
    default: 'low-cardinality',
    live: true,
  },
  patterns: {
    doc: 'Routes, segment by segment: literal text, :name, {name}, or * for any rest.',
    format: 'list',
    default: [],
    live: true,
  },
  ignored_patterns: { doc: 'Routes whose requests are left out.', format: 'list', default: [], live: true },
  ignore_mode: {
    doc: 'Where they are left out.',
    format: ['all', 'metrics', 'traces'],
    default: 'all',
    otherwise: 'all',
    live: true,
  },
  wildcard_char: {
    doc: 'Stands for a guessed segment; a single character.',
    format: 'string',
    default: '*',
    live: true,
  },
  max_path_segment_cardinality: {
    doc: 'Values that one segment may take before low-cardinality makes it a wildcard; 0 means any number.',
    format: 'int',
    default: 10,
    live: true,
  },
} as const satisfies Tree;

export type RoutesConfig = ValueOf<typeof routes>;
