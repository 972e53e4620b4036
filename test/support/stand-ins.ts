import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildCollector, collectorBinary } from './collector.ts';
import { docker, provideBases } from './docker.ts';
import { mimirStandIn, root } from './programs.ts';

const image = 'beyla-stand-ins';
const folder = join(root, 'test/docker/stand-ins');
const mounted = (file: string, at: string) => `${file}:${at}:ro`;
/** A Prometheus, a Collector that takes OTLP for it, and Mimir's paths in front of both. */
const mimir = [
  'prometheus --config.file=/etc/prometheus.yml --storage.tsdb.path=/data --web.enable-remote-write-receiver &',
  '/collector --config=/etc/otlp.yml & exec /mimir',
].join(' ');

/** What takes the place of each service whose image cannot be had; the others stay as the stack has them. */
function standIns(stack: string, ports: { readonly store: number }): Readonly<Record<string, object>> {
  const collector = { image, pull_policy: 'never', user: '0', environment: {} };
  return {
    mimir: {
      ...{ image, pull_policy: 'never', entrypoint: ['sh', '-c', mimir], command: [] },
      volumes: ['prometheus', 'otlp'].map((name) => mounted(join(folder, `${name}.yml`), `/etc/${name}.yml`)),
      ports: [`127.0.0.1:${ports.store}:9009`],
    },
    tempo: {
      ...{ ...collector, entrypoint: ['/collector'], command: ['--config=/etc/traces.yml'] },
      volumes: [mounted(join(folder, 'traces.yml'), '/etc/traces.yml')],
    },
    // The Collector runs the very configuration of the stack.
    collector: { image, pull_policy: 'never', entrypoint: ['/collector'] },
    alloy:
      stack === 'alloy-scrape'
        ? {
            ...{ image, pull_policy: 'never', entrypoint: ['prometheus'] },
            command: ['--enable-feature=agent', '--config.file=/etc/scrape.yml', '--web.listen-address=:9095'],
            volumes: [mounted(join(folder, 'scrape.yml'), '/etc/scrape.yml')],
          }
        : {
            ...{ image, pull_policy: 'never', entrypoint: ['/collector'], command: ['--config=/etc/local.yml'] },
            volumes: [mounted(join(root, 'compose/collector/local.yml'), '/etc/local.yml')],
          },
    prometheus: {
      ...{ image, pull_policy: 'never', entrypoint: ['prometheus'] },
      command: ['--config.file=/etc/prometheus/prometheus.yml', '--storage.tsdb.path=/data'],
      healthcheck: { test: ['CMD', 'promtool', 'check', 'ready', '--url=http://localhost:9090'] },
    },
    // No registry has a Grafana: a profile that nobody asks for leaves it out.
    grafana: { profiles: ['cannot-be-had'] },
  };
}

export async function buildStandIns(): Promise<void> {
  await buildCollector();
  provideBases('debian:trixie-slim');
  const context = join(root, 'build/test/stand-ins');
  mkdirSync(context, { recursive: true });
  copyFileSync(join(folder, 'Dockerfile'), join(context, 'Dockerfile'));
  copyFileSync(collectorBinary, join(context, 'collector'));
  copyFileSync(mimirStandIn(), join(context, 'mimir'));
  docker('build', '--quiet', '--pull=false', '-t', image, context);
}

/** Writes the override of a stack and returns the options that choose both. */
export function composeFiles(stack: string, ports: { readonly store: number }): string[] {
  const file = join(root, 'compose', `${stack}.yml`);
  const services = execFileSync('docker', ['compose', '-f', file, 'config', '--services'], { encoding: 'utf8' });
  const wanted = new Set(services.trim().split('\n'));
  const chosen = Object.entries(standIns(stack, ports)).filter(([name]) => wanted.has(name));
  const override = join(root, 'build/test/stand-ins', `${stack}.json`);
  // JSON is YAML
  writeFileSync(override, JSON.stringify({ services: Object.fromEntries(chosen) }));
  return ['-f', file, '-f', override];
}
