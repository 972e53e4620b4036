import { readFileSync } from 'node:fs';
import { availableParallelism, release } from 'node:os';
import { aligned } from '../aligned.ts';
import type { Settings } from './benchmark.ts';
import type { Figure } from './figure.ts';

export interface Result {
  readonly name: string;
  readonly about: string;
  readonly figures: readonly Figure[];
}

const columns = ['', 'unit', 'bare', 'with agent', 'ratio', 'spread', 'bar', ''];

export function tableOf({ name, about, figures }: Result): string {
  const rows = figures.map((figure) => [
    figure.what,
    figure.unit,
    shown(figure.bare),
    shown(figure.agent),
    figure.ratio === undefined ? '' : `x${figure.ratio.toFixed(3)}`,
    figure.spread === undefined || Number.isNaN(figure.spread) ? '' : `±${(figure.spread * 100).toFixed(1)} %`,
    figure.bar ?? '',
    figure.holds === undefined ? '' : figure.holds ? 'holds' : 'MISSED',
  ]);
  return `${name}: ${about}\n${aligned([columns, ...rows])}\n`;
}

export function jsonOf(results: readonly Result[], { pairs, seconds, backend }: Settings): string {
  const machine = { cpus: availableParallelism(), cpu: cpuModel(), kernel: release(), node: process.version };
  return JSON.stringify({ machine, settings: { pairs, seconds, backend: backend ?? 'chosen' }, results }, undefined, 2);
}

function cpuModel(): string {
  return /^model name\s*: (.*)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[1] ?? '';
}

function shown(value: number | undefined): string {
  if (value === undefined) return '';
  return value >= 1000 || Number.isInteger(value) ? value.toFixed(0) : value.toPrecision(4);
}
