import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { root, serverScript } from './programs.ts';

const execute = promisify(execFile);

/** The last of each, but for the installed one's: the oldest whose functions pass arguments in registers, and every second since. */
export const goVersions = ['1.18.10', '1.20.14', '1.22.12', '1.24.13', '1.26.8'] as const;

/** How programs are built: as `go build` does, without symbols, anywhere in memory and with C. */
export const goKinds = {
  plain: { args: [], cgo: '0' },
  stripped: { args: ['-ldflags=-s -w'], cgo: '0' },
  'PIE with cgo': { args: ['-buildmode=pie'], cgo: '1' },
} as const;

export type GoKind = keyof typeof goKinds;

/** test/servers/go-versions, built by that version, which Go itself fetches as a module. */
export async function goPeer(version: string, kind: GoKind): Promise<string> {
  const folder = join(root, 'build/test/go-versions');
  const binary = join(folder, `${version}-${kind.replaceAll(' ', '-')}`);
  const source = serverScript('go-versions/main.go');
  if (existsSync(binary) && statSync(binary).mtimeMs > statSync(source).mtimeMs) return binary;
  mkdirSync(folder, { recursive: true });
  // What a module says of itself decides how later versions behave.
  const module = join(folder, `go-${version}.mod`);
  writeFileSync(module, `module peer\n\ngo ${version.split('.').slice(0, 2).join('.')}\n`);
  const { args, cgo } = goKinds[kind];
  const { stdout } = await execute(join(root, 'scripts/go.sh'), ['env', 'GOROOT']);
  const build = ['build', '-trimpath', '-buildvcs=false', `-modfile=${module}`, ...args, '-o', binary, source];
  const env = { ...process.env, CGO_ENABLED: cgo, GOTOOLCHAIN: `go${version}`, GOFLAGS: '-mod=mod' };
  await execute(join(stdout.trim(), 'bin/go'), build, { cwd: serverScript('go-versions'), env });
  return binary;
}
