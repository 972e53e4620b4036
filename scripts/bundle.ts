/** Bundles src/main.ts and every library into build/beyla.cjs: one file starts several times faster than hundreds. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

const root = join(import.meta.dirname, '..');

const { metafile } = await build({
  absWorkingDir: root,
  entryPoints: { beyla: 'src/main.ts', health: 'src/health.ts' },
  outdir: 'build',
  outExtension: { '.js': '.cjs' },
  bundle: true,
  platform: 'node',
  // As an ES module it would take every name from Node's own modules at once, and with those load what is only made when asked for.
  format: 'cjs',
  target: 'node24',
  // Packages that carry both forms give their ES modules: of those esbuild leaves out what nobody uses, two thirds of them.
  mainFields: ['module', 'main'],
  define: { 'import.meta.filename': '__filename' },
  // Text is parsed faster without blanks; names stay, for whoever reads a stack.
  minifyWhitespace: true,
  minifySyntax: true,
  sourcemap: true,
  sourcesContent: false,
  legalComments: 'none',
  logLevel: 'warning',
  metafile: true,
});

// Tells the image's bill of materials which packages are inside.
writeFileSync(join(root, 'build/beyla.meta.json'), JSON.stringify(metafile));
