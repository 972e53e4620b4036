export type LogLevel = 'DEBUG' | 'INFO' | 'WARN' | 'ERROR';

const severities: Record<LogLevel, number> = { DEBUG: -4, INFO: 0, WARN: 4, ERROR: 8 };

/** Severity as Go's slog counts it, so that `INFO+2` of a configuration has a place between the names. */
export function severityOf(level: LogLevel): number {
  return severities[level];
}
