import { settings } from './settings.ts';
import type { Setting } from './tree.ts';
import { type Given, isList, isMap, type Layer, type Written } from './written.ts';

/** The four sources above the defaults; of two names for one thing, today's is the stronger. */
export interface Layers {
  readonly oldFile: Layer;
  readonly file: Layer;
  readonly oldVariables: Layer;
  readonly variables: Layer;
}

/** The value of every setting that is set or has a default. */
export function mergeLayers(layers: Layers): Layer {
  const merged: Layer = new Map();
  for (const [path, setting] of settings) {
    const given = mergedValue(path, setting, layers);
    if (given !== undefined) merged.set(path, given);
  }
  return merged;
}

function mergedValue(path: string, setting: Setting, layers: Layers): Given | undefined {
  const initial = setting.default as Written | undefined;
  const fallback: Given | undefined =
    initial === undefined ? undefined : { written: initial, origin: { from: 'default' } };
  const file = onto(setting, layers.oldFile.get(path), layers.file.get(path));
  const below = onto(setting, file, oldOver(setting, file, layers.oldVariables.get(path)));
  const variable = layers.variables.get(path);
  if (variable === undefined) return isMapping(setting) ? onto(setting, fallback, below) : (below ?? fallback);
  if (setting.appends && file !== undefined) return { ...variable, written: `${file.written},${variable.written}` };
  return variable;
}

/** Mappings are joined key by key; of anything else the upper value stays. */
function onto(setting: Setting, lower: Given | undefined, upper: Given | undefined): Given | undefined {
  if (lower === undefined || upper === undefined) return upper ?? lower;
  if (!isMapping(setting) || !isMap(lower.written) || !isMap(upper.written)) return upper;
  return { ...upper, written: { ...lower.written, ...upper.written } };
}

/** An old variable replaces what the file says, but adds to a list of selectors and gives way inside a mapping. */
function oldOver(setting: Setting, file: Given | undefined, old: Given | undefined): Given | undefined {
  if (old === undefined || file === undefined) return old;
  if (isMapping(setting) && isMap(old.written) && isMap(file.written)) {
    return { ...old, written: { ...old.written, ...file.written } };
  }
  if (setting.format === 'objects' && isList(old.written) && old.written.length > 0 && isList(file.written)) {
    return { ...old, written: [...file.written, ...old.written] };
  }
  return old;
}

function isMapping({ format }: Setting): boolean {
  return typeof format === 'string' && (format === 'objectmap' || format.endsWith('map') || format === 'map');
}
