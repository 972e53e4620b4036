import { isIP } from 'node:net';
import { scalar } from './formats-plain.ts';
import { isMap, type Written } from './written.ts';
import type { YamlNode } from './yaml.ts';

/** A text with ranges, a number, or a list of plain numbers; always kept as one text. */
export function asPorts(node: YamlNode): string {
  if (node.is !== 'list') return scalar(node);
  return node.items
    .map((item) => {
      if (item.is !== 'scalar' || item.type !== 'int') {
        const shown = item.is === 'scalar' ? ` "${item.text}"` : '';
        throw new Error(`has an item${shown} that is not a plain number; write ranges as one text: "80,8000-8999"`);
      }
      return item.text;
    })
    .join(',');
}

export function asCidrs(node: YamlNode): Written {
  if (node.is !== 'list') throw new Error('is not a list');
  return node.items.map((item) => {
    if (item.is !== 'map') return scalar(item);
    return Object.fromEntries(item.entries.map(({ key, value }) => [key, scalar(value)]));
  });
}

export function cidr(written: Written): { cidr: string; name: string } {
  const given = isMap(written) ? written : { cidr: written };
  const network = String(given['cidr'] ?? '').trim();
  const [address = '', bits = ''] = network.split('/');
  const family = isIP(address);
  const isValid = family !== 0 && /^\d+$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128);
  if (!isValid) throw new Error(`has an item "${network}" that is not a network in CIDR notation`);
  return { cidr: network, name: String(given['name'] ?? network) };
}
