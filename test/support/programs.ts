import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';

export const root = join(import.meta.dirname, '../..');
const servers = join(root, 'test/servers');
const out = join(root, 'build/test');

/** As docs/docker.md lists them. */
export const neededCapabilities = ['BPF', 'PERFMON', 'SYS_PTRACE', 'DAC_READ_SEARCH', 'CHECKPOINT_RESTORE'];

/** The tutorial's sample server, built when its source is newer. */
export function sampleServer(): string {
  return goProgram('testserver', join(root, 'compose/sample-server'), '.');
}

export function loadGenerator(): string {
  return goProgram('load', join(servers, 'go'), './load');
}

export function mimirStandIn(): string {
  return goProgram('mimir', join(servers, 'go'), './mimir');
}

export function hopProgram(): string {
  return goProgram('hop', join(servers, 'go'), './hop');
}

/** test/servers/routers. */
export function routersProgram(): string {
  return goProgram('routers', join(servers, 'routers'), '.');
}

/** test/servers/grpc/go. */
export function grpcGoPeer(): string {
  return goProgram('grpc-go', join(servers, 'grpc/go'), '.');
}

/** test/servers/grpc/go/web. */
export function grpcWebPeer(): string {
  return goProgram('grpc-web', join(servers, 'grpc/go'), './web');
}

/** Class path of test/servers/grpc/java. */
export function grpcJavaClasses(): string {
  const module = join(servers, 'grpc/java');
  const folder = join(out, 'grpc-java');
  const path = `${folder}:${folder}/*`;
  const built = join(folder, 'Peer.class');
  if (isStale(built, [join(module, 'Peer.java'), join(module, 'pom.xml')])) {
    run('mvn', ['--batch-mode', '--quiet', 'dependency:copy-dependencies', `-DoutputDirectory=${folder}`], module);
    run('javac', ['-cp', path, '-d', folder, 'Peer.java'], module);
  }
  return path;
}

/** test/servers/grpc/rust. */
export function grpcRustPeer(): string {
  return rustProgram('grpc-rust', 'grpc/rust');
}

/** test/servers/rust. */
export function httpRust(): string {
  return rustProgram('http-rust', 'rust');
}

function rustProgram(name: string, folder: string): string {
  const module = join(servers, folder);
  const binary = join(out, `rust/release/${name}`);
  const sources = readdirSync(join(module, 'src')).map((file) => join(module, 'src', file));
  if (isStale(binary, [...sources, join(module, 'Cargo.lock')]))
    run('cargo', ['build', '--quiet', '--release', '--locked', '--target-dir', join(out, 'rust')], module);
  return binary;
}

/** Folder of gRPC's library for Python, from its own index: the distribution's is years older. */
export function grpcForPython(): string {
  return pythonPackages('python', join(servers, 'grpc/requirements.txt'), 'grpc/__init__.py');
}

function pythonPackages(name: string, list: string, proof: string): string {
  const folder = join(out, name);
  const done = join(folder, proof);
  if (isStale(done, [list])) {
    const options = ['--quiet', '--disable-pip-version-check', '--upgrade', '--target', folder];
    run(pythonProgram(), ['-m', 'pip', 'install', ...options, '-r', list], root);
    utimesSync(done, new Date(), new Date());
  }
  return folder;
}

export function httpsProgram(): string {
  return goProgram('https', join(servers, 'go'), './https');
}

export function monoProgram(): string {
  const source = join(servers, 'https/Https.cs');
  const binary = join(out, 'Https.exe');
  if (isStale(binary, [source])) run('mcs', [`-out:${binary}`, source], root);
  return binary;
}

/** One of test/servers/c, by name; what it includes lies beside it. */
export function cProgram(name: string, ...libraries: readonly string[]): string {
  const linked = libraries.map((one) => `-l${one}`);
  return cProgramAs(name, name, linked);
}

function cProgramAs(as: string, name: string, linked: readonly string[], compiler = 'cc'): string {
  const folder = join(servers, 'c');
  const source = join(folder, `${name}.c`);
  const binary = join(out, as);
  const headers = readdirSync(folder).filter((file) => file.endsWith('.h'));
  if (isStale(binary, [source, ...headers.map((file) => join(folder, file))])) {
    run(compiler, ['-O2', '-Wall', '-Wextra', '-Werror', '-o', binary, source, ...linked], root);
  }
  return binary;
}

/** Where a library lies that a program is linked with. */
export function mappedLibrary(program: string, name: string): string {
  const found = new RegExp(`=> (\\S*/${name}\\S*)`).exec(execFileSync('ldd', [program], { encoding: 'utf8' }));
  if (found?.[1] === undefined) throw new Error(`${program} has no ${name}`);
  return found[1];
}

/** The client with OpenSSL inside it. */
export function staticOpensslClient(): string {
  return cProgramAs('openssl_static_client', 'openssl_client', ['-l:libssl.a', '-l:libcrypto.a']);
}

/** The client with OpenSSL 1.1, of which a wheel of those days has its own copy. */
export function oldOpensslClient(): string {
  const libraries = psycopgLibraries('2.9.5');
  return cProgramAs('openssl_1.1_client', 'openssl_client', opensslOf(libraries));
}

/** The client with another libc, and OpenSSL as wheels for that have it. */
export function muslOpensslClient(): string {
  const libraries = psycopgLibraries('2.9.9', 'musllinux_1_1');
  // The headers of OpenSSL do not depend on the libc.
  const headers = ['/usr/include', `/usr/include/${machine}-linux-gnu`].flatMap((folder) => ['-idirafter', folder]);
  return cProgramAs('openssl_musl_client', 'openssl_client', [...headers, ...opensslOf(libraries)], 'musl-gcc');
}

export function muslPlainClient(): string {
  return cProgramAs('plain_musl_client', 'plain_client', ['-static'], 'musl-gcc');
}

/** As compilers and wheels call it. */
const machine = process.arch === 'arm64' ? 'aarch64' : 'x86_64';

/** Folder of the libraries that psycopg2's wheel brings. */
function psycopgLibraries(version: string, platform?: string): string {
  const folder = join(out, `wheel-psycopg2-${version}`);
  const libraries = join(folder, 'psycopg2_binary.libs');
  if (!existsSync(libraries)) {
    const which = ['--no-deps', '--only-binary', ':all:', '--python-version', '3.11', `psycopg2-binary==${version}`];
    if (platform !== undefined) which.push('--platform', `${platform}_${machine}`);
    const options = ['--quiet', '--disable-pip-version-check', '-d', folder, ...which];
    run(pythonProgram(), ['-m', 'pip', 'download', ...options], root);
    const [wheel = ''] = readdirSync(folder).filter((file) => file.endsWith('.whl'));
    run(pythonProgram(), ['-m', 'zipfile', '-e', join(folder, wheel), folder], root);
  }
  return libraries;
}

/** How to link with the OpenSSL in a folder. */
function opensslOf(libraries: string): string[] {
  const own = readdirSync(libraries).filter((file) => /^lib(ssl|crypto)-/.test(file));
  const linked = own.toSorted().toReversed(); // libssl first, which needs the other
  const paths = linked.map((file) => join(libraries, file));
  return [...paths, `-Wl,--disable-new-dtags,-rpath,${libraries}`];
}

/** Folder of pycurl, whose wheel has its own copies of libcurl and libssl. */
export function pycurlFolder(): string {
  return pythonPackages('python-pycurl', join(servers, 'https/requirements.txt'), 'pycurl/__init__.py');
}

export function serverScript(name: string): string {
  return join(servers, name);
}

let python: string | undefined;

/** The interpreter itself: wrappers of version managers start it under another process id. */
export function pythonProgram(): string {
  python ??= execFileSync('python3', ['-c', 'import sys; print(sys.executable)'], { encoding: 'utf8' }).trim();
  return python;
}

function goProgram(name: string, module: string, target: string): string {
  const binary = join(out, name);
  const folder = join(module, target);
  const sources = readdirSync(folder).map((file) => join(folder, file));
  if (isStale(binary, sources)) run('go', ['build', '-buildvcs=false', '-o', binary, target], module);
  return binary;
}

function isStale(binary: string, sources: readonly string[]): boolean {
  mkdirSync(out, { recursive: true });
  if (!existsSync(binary)) return true;
  const built = statSync(binary).mtimeMs;
  return sources.some((source) => statSync(source).mtimeMs > built);
}

/** Go programs are made without C, so that they run in any container. */
function run(command: string, args: readonly string[], cwd: string): void {
  execFileSync(command, args, {
    cwd,
    env: { ...process.env, CGO_ENABLED: '0' },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
}
