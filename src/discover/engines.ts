import { existsSync } from 'node:fs';
import type { SurroundingsConfig } from '../config/sections/surroundings.ts';
import { AgentError } from '../lib/agent-error.ts';
import { log } from '../telemetry/log.ts';
import { Containerd } from './containerd.ts';
import type { Engine } from './containers.ts';
import { Cri } from './cri.ts';
import { Docker, type DockerOptions } from './docker.ts';

type Variables = Pick<
  SurroundingsConfig,
  | 'docker_host'
  | 'docker_api_version'
  | 'docker_cert_path'
  | 'docker_tls_verify'
  | 'containerd_address'
  | 'container_runtime_endpoint'
>;

const sockets = {
  docker: ['unix:///var/run/docker.sock', 'unix:///run/podman/podman.sock'],
  containerd: ['/run/containerd/containerd.sock', '/run/k3s/containerd/containerd.sock'],
  cri: ['/run/crio/crio.sock'],
};

/**
 * Every engine that may run containers here: where variables say, else where the engines have their sockets by default.
 * Docker comes first, since containerd knows no names of Docker's containers.
 */
export function enginesOf(variables: Variables): readonly Engine[] {
  const { docker_host: host, containerd_address: containerd, container_runtime_endpoint: cri } = variables;
  const docker = (host === '' ? sockets.docker : [host]).flatMap((one) => {
    const engine = dockerAt({
      host: one,
      apiVersion: variables.docker_api_version,
      certPath: variables.docker_cert_path,
      verifies: variables.docker_tls_verify !== '',
    });
    return engine === undefined ? [] : [engine];
  });
  return [
    ...docker,
    ...(containerd === '' ? sockets.containerd : [containerd]).map((path) => new Containerd(pathOf(path))),
    ...(cri === '' ? sockets.cri : [cri]).map((path) => new Cri(pathOf(path))),
  ];
}

/** Whether there is an engine to ask, as far as can be told without asking. */
export function hasEngine(variables: Variables): boolean {
  const { docker_host: host, containerd_address: containerd, container_runtime_endpoint: cri } = variables;
  const paths = [...sockets.docker.map(pathOf), ...sockets.containerd, ...sockets.cri];
  return [host, containerd, cri].some((one) => one !== '') || paths.some((path) => existsSync(path));
}

/** The variables are Docker's: what makes no sense to us is no reason not to run. */
function dockerAt(options: DockerOptions): Docker | undefined {
  try {
    return new Docker(options);
  } catch (error) {
    if (!(error instanceof AgentError)) throw error;
    log.warn('no names of containers from Docker', { error: error.message });
    return undefined;
  }
}

function pathOf(address: string): string {
  return address.replace(/^unix:\/\//, '');
}
