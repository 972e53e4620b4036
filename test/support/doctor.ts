import { join } from 'node:path';
import type { Report } from '../../src/doctor/report.ts';
import { Child } from './processes.ts';
import { root } from './programs.ts';

/** What doctor says of the host with all its agents, which may be those of others, too. */
export async function askDoctor(): Promise<Report> {
  const lines: string[] = []; // a busy machine has more processes than a child's last lines have room for
  const child = new Child(join(root, 'bin/beyla'), ['doctor', '-json'], { onLine: (line) => lines.push(line) });
  await child.end();
  return JSON.parse(lines.join('\n')) as Report;
}
