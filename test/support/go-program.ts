import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

const root = new URL('../..', import.meta.url).pathname;

/** Builds a program of another project from its modules, which the folder under test/ pins; a second time costs little. */
export async function buildGoProgram(folder: string, target: string): Promise<void> {
  const binary = join(root, 'build/test', folder);
  await promisify(execFile)(join(root, 'scripts/go.sh'), ['build', '-trimpath', '-o', binary, target], {
    cwd: join(root, 'test', folder),
    env: { ...process.env, CGO_ENABLED: '0', GOFLAGS: '-mod=readonly -buildvcs=false' },
  });
}
