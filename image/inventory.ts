/**
 * Writes what the image contains: a bill of materials in CycloneDX, and the licences.
 *   image/inventory.ts FOLDER_OF_DEBIAN_CONTROL_FILES OUTPUT
 */
import { copyFileSync, existsSync, globSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { product } from '../src/telemetry/product.ts';

interface Component {
  readonly type: 'library' | 'platform';
  readonly name: string;
  readonly version: string;
  readonly purl: string;
  readonly licenses: readonly { readonly expression: string }[];
}

const root = join(import.meta.dirname, '..');
const [controls = '', out = ''] = process.argv.slice(2);
mkdirSync(join(out, 'licenses'), { recursive: true });
copyFileSync(join(root, 'LICENSE'), join(out, 'LICENSE'));

const components = [...nodeJs(), ...bundledPackages(), libbpf(), ...debianPackages()];
const bill = {
  bomFormat: 'CycloneDX',
  specVersion: '1.6',
  version: 1,
  metadata: {
    component: {
      type: 'application',
      'bom-ref': 'beyla',
      name: product.name,
      version: product.version,
      licenses: [{ expression: 'Apache-2.0' }],
    },
  },
  components: components.map((component) => ({ 'bom-ref': component.purl, ...component })),
  dependencies: [{ ref: 'beyla', dependsOn: components.map(({ purl }) => purl) }],
};
writeFileSync(join(out, 'sbom.cdx.json'), `${JSON.stringify(bill, undefined, 1)}\n`);

/** The program, and the libraries that are compiled into it. */
function nodeJs(): Component[] {
  copyFileSync(join(root, 'build/node/LICENSE'), join(out, 'licenses/node'));
  const { node, ...inside } = process.versions;
  const linked = [
    'ares',
    'brotli',
    'icu',
    'llhttp',
    'nghttp2',
    'openssl',
    'simdjson',
    'sqlite',
    'uv',
    'v8',
    'zlib',
    'zstd',
  ];
  const parts = linked.flatMap((name) => {
    const version = inside[name];
    if (version === undefined) return [];
    return [{ type: 'library' as const, name, version, purl: `pkg:generic/${name}@${version}`, licenses: [] }];
  });
  const licenses = [{ expression: 'MIT' }];
  return [{ type: 'platform', name: 'node', version: node, purl: `pkg:generic/node@${node}`, licenses }, ...parts];
}

/** The bundler knows which packages' files it took in. */
function bundledPackages(): Component[] {
  const { inputs } = JSON.parse(readFileSync(join(root, 'build/beyla.meta.json'), 'utf8'));
  const folders = Object.keys(inputs).flatMap(
    (input) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0] ?? [],
  );
  return [...new Set(folders)].sort().map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
    const [text] = globSync('{LICEN[CS]E,licen[cs]e}*', { cwd: join(root, folder) });
    if (text !== undefined) copyFileSync(join(root, folder, text), join(out, 'licenses', name.replace('/', '__')));
    const purl = `pkg:npm/${name.replace('@', '%40')}@${version}`;
    return { type: 'library', name, version, purl, licenses: [{ expression: license }] };
  });
}

/** Linked into the addon; its headers' version is part of the folder's name. */
function libbpf(): Component {
  const [source = ''] = globSync('build/libbpf/libbpf-*', { cwd: root });
  const version = source.replace(/.*libbpf-/, '');
  for (const file of readdirSync(join(root, source)).filter((name) => name.startsWith('LICENSE'))) {
    copyFileSync(join(root, source, file), join(out, 'licenses', `libbpf-${file}`));
  }
  const purl = `pkg:github/libbpf/libbpf@v${version}`;
  return {
    type: 'library',
    name: 'libbpf',
    version,
    purl,
    licenses: [{ expression: 'LGPL-2.1-only OR BSD-2-Clause' }],
  };
}

/** Their licences stay where Debian has them, in /usr/share/doc/PACKAGE/copyright. */
function debianPackages(): Component[] {
  if (!existsSync(controls)) throw new Error(`no folder ${controls}`);
  return readdirSync(controls).map((name) => {
    const control = readFileSync(join(controls, name), 'utf8');
    const field = (key: string) => new RegExp(`^${key}: (.*)$`, 'm').exec(control)?.[1] ?? '';
    const version = field('Version');
    const purl = `pkg:deb/debian/${name}@${encodeURIComponent(version)}?arch=${field('Architecture')}`;
    return { type: 'library', name, version, purl, licenses: [] };
  });
}
