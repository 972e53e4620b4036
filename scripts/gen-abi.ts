/** Writes src/kernel/abi.gen.ts: the numbers and layouts of bpf/abi.h, as clang understood them. */
import { execFileSync } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What `bpftool btf dump … format raw` prints, as far as it matters here. */
interface BtfType {
  readonly id: number;
  readonly kind: string;
  readonly name: string;
  readonly size: number;
  readonly type_id: number;
  readonly members: readonly { readonly name: string; readonly bits_offset: number; readonly bitfield_size?: number }[];
  readonly values: readonly { readonly name: string; readonly val: number }[];
}

const root = join(import.meta.dirname, '..');
const carrier = 'build/abi/abi.o';
const output = 'src/kernel/abi.gen.ts';

execFileSync('make', ['-s', carrier], { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
const types = readTypes(join(root, carrier));
const wanted = [...types.values()]
  .filter((type) => type.kind === 'VAR' && type.name.startsWith('abi_'))
  .map((variable) => types.get(variable.type_id) as BtfType);
const lines = wanted.map((type) => (type.kind === 'STRUCT' ? structLine(type) : enumLine(type)));
const notice = '// Generated from bpf/abi.h by scripts/gen-abi.ts. Do not edit.';
writeFileSync(join(root, output), `${notice}\n\n${lines.join('\n')}\n`);

function readTypes(object: string): Map<number, BtfType> {
  const json = execFileSync(bpftool(), ['-j', 'btf', 'dump', 'file', object, 'format', 'raw'], { encoding: 'utf8' });
  const dump = JSON.parse(json) as { readonly types: readonly BtfType[] };
  return new Map(dump.types.map((type) => [type.id, type]));
}

/** Ubuntu's `bpftool` is a script that wants the tools of the very kernel that runs; those of any kernel do. */
function bpftool(): string {
  try {
    const found = readdirSync('/usr/lib/linux-tools').sort().at(-1);
    if (found !== undefined) return join('/usr/lib/linux-tools', found, 'bpftool');
  } catch {
    // Not Ubuntu.
  }
  return 'bpftool';
}

function structLine({ name, size, members }: BtfType): string {
  const at = members.map(({ name: member, bits_offset, bitfield_size = 0 }) => {
    if (bitfield_size > 0) throw new Error(`struct ${name}: ${member} is a bit-field, which has no offset in bytes`);
    return `${camelCase(member)}: ${bits_offset / 8}`;
  });
  return `export const ${pascalCase(name)} = { size: ${size}, at: { ${at.join(', ')} } } as const;`;
}

function enumLine({ name, values }: BtfType): string {
  const prefix = `${name.toUpperCase()}_`;
  const entries = values.map(({ name: constant, val }) => {
    if (!constant.startsWith(prefix)) throw new Error(`enum ${name}: ${constant} must begin with ${prefix}`);
    return `${camelCase(constant.slice(prefix.length).toLowerCase())}: ${val}`;
  });
  return `export const ${pascalCase(name)} = { ${entries.join(', ')} } as const;`;
}

function camelCase(name: string): string {
  return name.replace(/_(.)/g, (_, first: string) => first.toUpperCase());
}

function pascalCase(name: string): string {
  return camelCase(`_${name}`);
}
