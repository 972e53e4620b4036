/** Bundles src/main.ts and every library into build/beyla.mjs: one file starts several times faster than hundreds. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

const root = join(import.meta.dirname, '..');

const { metafile } = await build({
  absWorkingDir: root,
  entryPoints: { beyla: 'src/main.ts', health: 'src/health.ts' },
  outdir: 'build',
  outExtension: { '.js': '.mjs' },
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node24',
  // Packages that carry both forms give their ES modules: of those esbuild leaves out what nobody uses, two thirds of them.
  mainFields: ['module', 'main'],
  // CommonJS packages call `require` for Node's own modules, which an ES module does not have.
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module';\nconst require = __createRequire(import.meta.url);",
  },
  sourcemap: true,
  sourcesContent: false,
  legalComments: 'none',
  logLevel: 'warning',
  metafile: true,
});

// Tells the image's bill of materials which packages are inside.
writeFileSync(join(root, 'build/beyla.meta.json'), JSON.stringify(metafile));
