import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Child } from './processes.ts';
import { root } from './programs.ts';

const folder = join(root, 'build/test/docker-proxy');
const program = join(folder, 'usr/sbin/docker-proxy');

/** Docker's own program that holds the published port of a container. Its package is unpacked, nothing of it installed. */
function dockerProxy(): string {
  if (!existsSync(program)) {
    mkdirSync(folder, { recursive: true });
    execFileSync('apt-get', ['-qq', '-o', 'APT::Sandbox::User=root', 'download', 'docker.io'], { cwd: folder });
    const [file = ''] = readdirSync(folder).filter((name) => name.endsWith('.deb'));
    execFileSync('dpkg', ['-x', file, '.'], { cwd: folder });
  }
  return program;
}

/** Publishes a port of a container as Docker does; it tells on descriptor 3 whether it could. */
export async function publish(hostPort: number, container: { address: string; port: number }): Promise<Child> {
  const from = ['-proto', 'tcp', '-host-ip', '127.0.0.1', '-host-port', `${hostPort}`];
  const to = ['-container-ip', container.address, '-container-port', `${container.port}`];
  const proxy = new Child('sh', ['-c', 'exec "$0" "$@" 3>&1', dockerProxy(), ...from, ...to], { name: 'docker-proxy' });
  await proxy.line(/^0$/);
  return proxy;
}
