import { schema } from './schema.ts';
import { isSetting, type Setting, type Tree } from './tree.ts';

/** Every setting of a tree by the path of its key. */
export function settingsOf(tree: Tree, path = ''): Map<string, Setting> {
  const all = new Map<string, Setting>();
  for (const [key, node] of Object.entries(tree)) {
    const at = path === '' ? key : `${path}.${key}`;
    if (isSetting(node)) all.set(at, node);
    else for (const [below, setting] of settingsOf(node, at)) all.set(below, setting);
  }
  return all;
}

export const settings: ReadonlyMap<string, Setting> = settingsOf(schema);
