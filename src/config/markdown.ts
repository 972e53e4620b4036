import { movedSections, oldNames } from './old-names/list.ts';
import { isWordList } from './parse-setting.ts';
import { printWritten } from './print-written.ts';
import { supportOf } from './support.ts';
import { type Formats, isSetting, type Setting, type Tree } from './tree.ts';
import { usualName } from './usage.ts';
import type { Written } from './written.ts';

/** The reference of all keys as one page. */
export function markdownOf(tree: Tree): string {
  const single = Object.entries(tree).filter(([, node]) => isSetting(node));
  const sections = Object.entries(tree).filter(([, node]) => !isSetting(node));
  return [
    ...introduction,
    '## Top level',
    '',
    ...table(Object.fromEntries(single), ''),
    ...sections.flatMap(([key, node]) => [`## ${titleOf(key, node)}`, '', ...table(node as Tree, `${key}.`)]),
    ...entryTables(tree),
    ...oldNameTable(),
  ].join('\n');
}

const introduction = [
  '<!-- Made by scripts/gen-config.ts from src/config/sections; do not edit. -->',
  '# Configuration',
  '',
  'Values come from built-in defaults, then the file (YAML, given by `-config` or `BEYLA_CONFIG_PATH`), then the',
  `environment. In the file, \`\${NAME}\` and \`\${NAME:-fallback}\` stand for variables; one more \`$\` before it stands for`,
  'the text itself.',
  '',
  'Durations are numbers with units: `300ms`, `5s`, `1m30s`. In globs, `*` stands for any text (also with `/`), `?` for',
  'one character, `[a-z]` and `[!x]` for one of some, `{a,b}` for either. Regular expressions (RE2) match anywhere.',
  '',
  'A variable whose name begins with `BEYLA_` may also be spelt with `BEYLA_OTEL_` or `OTEL_EBPF_`; the last is the',
  'strongest. An empty variable counts as unset. Lists are separated by commas there.',
  '',
  '`beyla config check` says what a configuration amounts to. The column "State" says what this build does with a key:',
  'nothing there means that it acts as the reference does; *idle* that it is read and checked but has no effect yet;',
  '*differs* that it has another effect; *ours* that the reference does not have it; *live* that a change takes effect on',
  'reload (SIGHUP, or a change of the file) and not only after a restart.',
  '',
];

function titleOf(key: string, node: Setting | Tree): string {
  const hasKey = !isSetting(node) && Object.values(node).some((each) => !isSetting(each) || !each.variableOnly);
  return hasKey ? `\`${key}\`` : `Variables only: ${key}`;
}

function table(tree: Tree, prefix: string): readonly string[] {
  const rows = rowsOf(tree, prefix);
  return ['| Key | Variable | Default | Meaning | State |', '|---|---|---|---|---|', ...rows, ''];
}

function rowsOf(tree: Tree, prefix: string): readonly string[] {
  return Object.entries(tree).flatMap(([key, node]) =>
    isSetting(node) ? [row(prefix + key, node)] : rowsOf(node, `${prefix}${key}.`),
  );
}

function row(path: string, setting: Setting): string {
  const names = setting.env === undefined ? [] : [setting.env].flat();
  const variables = names.map((name) => `\`${usualName(name)}\``).join(', ');
  const initial = setting.default as Written | undefined;
  const isLong = setting.format === 'objects' && Array.isArray(initial) && initial.length > 0;
  const shown =
    initial === undefined || initial === ''
      ? ''
      : isLong
        ? 'built-in list'
        : code(printWritten({ ...setting }, initial));
  const cells = [setting.variableOnly ? '' : `\`${path}\``, variables, shown, meaning(setting), state(path, setting)];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

function code(text: string): string {
  return `\`${text}\``;
}

function meaning(setting: Setting): string {
  const old = setting.deprecated === undefined ? '' : ` Deprecated; better: ${setting.deprecated}.`;
  return `${setting.doc} (${kindOf(setting)})${old}`;
}

const kinds: Readonly<Record<keyof Formats, string>> = {
  string: 'text',
  boolean: 'true or false',
  int: 'number',
  float: 'number',
  duration: 'duration',
  port: 'port',
  ports: 'numbers and ranges',
  loglevel: 'level',
  glob: 'glob',
  regexp: 'regular expression',
  list: 'list',
  ints: 'list of numbers',
  floats: 'list of numbers',
  globs: 'list of globs',
  map: 'names to texts',
  listmap: 'names to lists',
  globmap: 'names to globs',
  regexpmap: 'names to regular expressions',
  pairs: 'name=value,…',
  words: 'words, separated by commas',
  cidrs: 'list of networks',
};

function kindOf({ format, items }: Setting): string {
  if (isWordList(format))
    return format
      .filter((word) => word !== '')
      .map(code)
      .join(', ');
  if (items !== undefined)
    return `list of ${items.of
      .filter((word) => word !== '')
      .map(code)
      .join(', ')}`;
  if (format === 'objects') return 'list of entries, see below';
  if (format === 'objectmap') return 'names with entries, see below';
  return kinds[format];
}

function state(path: string, setting: Setting): string {
  const support = supportOf(path);
  const words = [
    support.is === 'no' ? '*idle*' : support.is === 'differs' ? `*differs*: ${support.how}` : '',
    setting.ours ? '*ours*' : '',
    setting.live ? '*live*' : '',
  ];
  return words.filter((word) => word !== '').join(', ');
}

/** The keys of entries; lists with the same keys share a table. */
function entryTables(tree: Tree): readonly string[] {
  const paths = new Map<Tree, string[]>();
  const collect = (node: Tree, prefix: string): void => {
    for (const [key, each] of Object.entries(node)) {
      const path = prefix + key;
      if (!isSetting(each)) collect(each, `${path}.`);
      else if (each.children !== undefined) {
        paths.set(each.children, [...(paths.get(each.children) ?? []), path]);
        collect(each.children, `${path}[].`);
      }
    }
  };
  collect(tree, '');
  const groups = [...paths].map(([children, lists]) => {
    const title = `## Entries of ${lists.map(code).join(', ')}`;
    return [title, '', ...table(children, `${lists[0] ?? ''}[].`)];
  });
  return groups.flat().map((line) => line.replace(/^\| `[^`]*\[\]\.([^`]*)`/, '| `$1`'));
}

function oldNameTable(): readonly string[] {
  const sections = Object.entries(movedSections).map(([key, { to, valid }]) => `| \`${key}\` | ${valid} | \`${to}\` |`);
  const names = oldNames.map(({ keys = [], variables = [], valid, today }) => {
    return `| ${[...variables, ...keys].map(code).join(', ')} | ${valid} | ${today.replaceAll('*', '\\*')} |`;
  });
  return [
    '## Names of other versions',
    '',
    'They keep working, with one line in the log each. Today’s name is stronger than an old one; an old variable is',
    'stronger than the file.',
    '',
    '| Name | Versions | Today |',
    '|---|---|---|',
    ...sections,
    ...names,
    '',
  ];
}
