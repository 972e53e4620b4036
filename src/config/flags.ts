/** What the command line asks for. */
export type Command =
  | { readonly is: 'run'; readonly configPath: string }
  | { readonly is: 'doctor'; readonly configPath: string; readonly isJson: boolean }
  | { readonly is: 'routes preview'; readonly configPath: string; readonly isJson: boolean; readonly seconds: number }
  | { readonly is: 'trace'; readonly configPath: string }
  | { readonly is: 'config check'; readonly configPath: string; readonly showsDefaults: boolean }
  | { readonly is: 'config diff'; readonly configPath: string; readonly against: string }
  | { readonly is: 'help' }
  /** Print the message and the usage, exit 2. */
  | { readonly is: 'misuse'; readonly message: string };

interface Read {
  readonly flags: ReadonlyMap<string, string>;
  readonly rest: readonly string[];
}

/** Flags without a value, by command. */
const switchesOf = {
  doctor: ['json'],
  trace: [],
  'routes preview': ['json'],
  'config check': ['all'],
  'config diff': [],
} as const;

/** Flags with a value, besides the file. */
const valuesOf: Readonly<Record<string, readonly string[]>> = {
  'config diff': ['against'],
  'routes preview': ['seconds'],
};

const usualSeconds = '10';

type Ended = Extract<Command, { is: 'help' | 'misuse' }>;

/**
 * Reads the arguments after the program's name, in the syntax of Go's `flag` package: one dash or two, the value after
 * `=` or as the next argument; the first argument without a dash ends the flags. What follows is ignored, unless it
 * names a command of ours, which may have flags again.
 */
export function parseFlags(argv: readonly string[]): Command {
  const first = readFlags(argv, ['config'], []);
  if ('is' in first) return first;
  const [command, verb] = first.rest;
  const name = command === 'config' || command === 'routes' ? `${command} ${verb ?? ''}` : command;
  if (
    name !== 'doctor' &&
    name !== 'trace' &&
    name !== 'routes preview' &&
    name !== 'config check' &&
    name !== 'config diff'
  ) {
    return { is: 'run', configPath: first.flags.get('config') ?? '' };
  }
  const known = ['config', ...(valuesOf[name] ?? [])];
  const switches = switchesOf[name];
  const second = readFlags(first.rest.slice(name.split(' ').length), known, switches);
  if ('is' in second) return second;
  const flags = new Map([...first.flags, ...second.flags]);
  const configPath = flags.get('config') ?? '';
  if (name === 'doctor') return { is: name, configPath, isJson: flags.get('json') === 'true' };
  if (name === 'trace') return { is: name, configPath };
  if (name === 'routes preview') return previewOf(flags);
  if (name === 'config check') return { is: name, configPath, showsDefaults: flags.get('all') === 'true' };
  const against = flags.get('against');
  if (against === undefined) return { is: 'misuse', message: 'flag needed: -against, the file to compare with' };
  return { is: name, configPath, against };
}

function previewOf(flags: ReadonlyMap<string, string>): Command {
  const seconds = Number(flags.get('seconds') ?? usualSeconds);
  if (!(seconds > 0)) return { is: 'misuse', message: 'flag -seconds needs a number above 0' };
  const isJson = flags.get('json') === 'true';
  return { is: 'routes preview', configPath: flags.get('config') ?? '', isJson, seconds };
}

function readFlags(argv: readonly string[], known: readonly string[], switches: readonly string[]): Read | Ended {
  const flags = new Map<string, string>();
  for (let i = 0; i < argv.length; i++) {
    const argument = argv[i] ?? '';
    if (argument === '--') return { flags, rest: argv.slice(i + 1) };
    if (argument === '-' || !argument.startsWith('-')) return { flags, rest: argv.slice(i) };
    const [, name = '', , value] = /^--?([^=]*)(=(.*))?$/s.exec(argument) ?? [];
    if (name === '' || name.startsWith('-')) return { is: 'misuse', message: `bad flag syntax: ${argument}` };
    if (known.includes(name)) {
      const given = value ?? argv[++i];
      if (given === undefined) return { is: 'misuse', message: `flag needs an argument: -${name}` };
      flags.set(name, given);
    } else if (switches.includes(name)) {
      flags.set(name, value ?? 'true');
    } else if (name === 'h' || name === 'help') {
      return { is: 'help' };
    } else {
      return { is: 'misuse', message: `flag provided but not defined: -${name}` };
    }
  }
  return { flags, rest: [] };
}
