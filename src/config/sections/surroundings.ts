import type { Tree, ValueOf } from '../tree.ts';

function variable(doc: string, env: string | readonly string[]) {
  return { doc, format: 'string', default: '', env, variableOnly: true } as const;
}

/** One that the reference does not list: Go reads the proxies by itself. */
function ours(doc: string, env: string | readonly string[]) {
  return { ...variable(doc, env), ours: true } as const;
}

/** Variables that other programs define and the agent also reads; there are no keys for them in the file. */
export const surroundings = {
  host_proc: variable('Where the file system of processes is mounted, instead of /proc.', 'HOST_PROC'),
  docker_host: variable('Address of the Docker service.', 'DOCKER_HOST'),
  docker_api_version: variable('Version of its interface.', 'DOCKER_API_VERSION'),
  docker_cert_path: variable('Directory of its certificates.', 'DOCKER_CERT_PATH'),
  docker_tls_verify: variable('Whether its certificate is checked.', 'DOCKER_TLS_VERIFY'),
  http_proxy: ours('Proxy for OTLP over HTTP in plain text.', ['HTTP_PROXY', 'http_proxy']),
  https_proxy: ours('Proxy for OTLP over HTTP with TLS.', ['HTTPS_PROXY', 'https_proxy']),
  no_proxy: ours('Hosts that are reached without a proxy.', ['NO_PROXY', 'no_proxy']),
  containerd_address: ours('Socket of containerd, instead of the usual ones.', 'CONTAINERD_ADDRESS'),
  container_runtime_endpoint: ours(
    'Socket of an engine that speaks CRI, as CRI-O does, instead of the usual one.',
    'CONTAINER_RUNTIME_ENDPOINT',
  ),
  jvm_tmp_path: variable('Directory in which Java programs are attached to, instead of /tmp.', 'JVM_TMP_PATH'),
} as const satisfies Tree;

export type SurroundingsConfig = ValueOf<typeof surroundings>;
