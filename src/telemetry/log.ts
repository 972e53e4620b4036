import { type LogLevel, severityOf } from './level.ts';

type Fields = Readonly<Record<string, string | number | boolean | bigint | undefined>>;

/** The same message is written at most this often within a second; the rest is counted and told with the next line. */
const linesPerSecond = 10;

interface Budget {
  second: number;
  written: number;
  suppressed: number;
}

/** The agent's own log: Go slog's text or JSON form on standard output, as the reference writes it. */
class Logger {
  #threshold = severityOf('INFO');
  #json = false;
  readonly #budgets = new Map<string, Budget>();

  configure(options: { level: LogLevel; format: 'text' | 'json' }): void {
    this.#threshold = severityOf(options.level);
    this.#json = options.format === 'json';
  }

  debug(message: string, fields: Fields = {}): void {
    this.#write('DEBUG', message, fields);
  }

  info(message: string, fields: Fields = {}): void {
    this.#write('INFO', message, fields);
  }

  warn(message: string, fields: Fields = {}): void {
    this.#write('WARN', message, fields);
  }

  error(message: string, fields: Fields = {}): void {
    this.#write('ERROR', message, fields);
  }

  #write(level: LogLevel, message: string, fields: Fields): void {
    if (severityOf(level) < this.#threshold) return;
    const now = new Date();
    const suppressed = this.#spend(message, Math.floor(now.getTime() / 1000));
    if (suppressed === undefined) return;
    const all = suppressed > 0 ? { ...fields, suppressed } : fields;
    process.stdout.write(`${this.#json ? jsonLine(now, level, message, all) : textLine(now, level, message, all)}\n`);
  }

  /** How many like it were left out before this line, or undefined when this one is left out too. */
  #spend(message: string, second: number): number | undefined {
    const budget = this.#budgets.get(message);
    if (budget === undefined || budget.second !== second) {
      if (this.#budgets.size > 1000) this.#budgets.clear();
      this.#budgets.set(message, { second, written: 1, suppressed: 0 });
      return budget?.suppressed ?? 0;
    }
    if (budget.written >= linesPerSecond) {
      budget.suppressed++;
      return undefined;
    }
    budget.written++;
    return 0;
  }
}

function textLine(now: Date, level: LogLevel, message: string, fields: Fields): string {
  const pairs = Object.entries(fields).filter(([, value]) => value !== undefined);
  const tail = pairs.map(([key, value]) => ` ${quoted(key)}=${quoted(String(value))}`).join('');
  return `time=${now.toISOString()} level=${level} msg=${quoted(message)}${tail}`;
}

function quoted(text: string): string {
  return /^[^\s"=]+$/.test(text) ? text : JSON.stringify(text);
}

function jsonLine(now: Date, level: LogLevel, message: string, fields: Fields): string {
  return JSON.stringify({ time: now.toISOString(), level, msg: message, ...fields }, (_, value) =>
    typeof value === 'bigint' ? String(value) : value,
  );
}

export const log = new Logger();
