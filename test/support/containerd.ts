import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { messageOf, textIn, withEngine } from '../../src/discover/grpc-engine.ts';
import { Child } from './processes.ts';
import { until } from './until.ts';

const run = promisify(execFile);

/** The image of every container here: one static program that is many. */
export const image = 'localhost/box:1';
const box = ['/bin/busybox'];

/** A containerd of its own, with an image that needs no registry. */
export class PrivateContainerd {
  readonly #folder: string;
  readonly #daemon: Child;
  readonly #sandboxes: string[] = [];

  private constructor(folder: string) {
    this.#folder = folder;
    writeFileSync(join(folder, 'config.toml'), configuration(folder));
    this.#daemon = new Child('containerd', ['-c', join(folder, 'config.toml')]);
  }

  static async start(): Promise<PrivateContainerd> {
    const one = new PrivateContainerd(mkdtempSync(join(tmpdir(), 'containerd-')));
    await until(
      () =>
        one.#ctr('version').then(
          () => true,
          () => undefined,
        ),
      { what: () => one.#daemon.tail() },
    );
    const archive = await archiveIn(one.#folder);
    await one.#ctr('-n', 'k8s.io', 'images', 'import', archive);
    await one.#ctr('-n', 'default', 'images', 'import', archive);
    return one;
  }

  get socket(): string {
    return join(this.#folder, 'c.sock');
  }

  /** As nerdctl does it; returns the process id. */
  async run(id: string, labels: Readonly<Record<string, string>>, command: readonly string[]): Promise<number> {
    const options = Object.entries(labels).flatMap(([name, value]) => ['--label', `${name}=${value}`]);
    await this.#ctr('-n', 'default', 'run', '-d', '--net-host', ...options, image, id, ...box, ...command);
    return this.#pidOf('default', id);
  }

  /** As Kubernetes does it, in the network of the host; returns the id of the container and its process id. */
  async runPod(name: string, command: readonly string[]): Promise<{ readonly id: string; readonly pid: number }> {
    const pod = message(
      [1, message([1, `${name}-pod`], [2, name], [3, 'test'])],
      // PodSandboxConfig.linux.security_context.namespace_options.network = NODE
      [8, message([2, message([1, onNode])])],
    );
    const id = await this.#cri(async (call) => {
      const sandbox = await call('RunPodSandbox', message([1, pod]));
      this.#sandboxes.push(sandbox);
      const parts = [...box, ...command].map((word): [number, string] => [3, word]);
      const linux = message([2, message([3, onNode])]);
      const label = message([1, 'io.kubernetes.container.name'], [2, name]);
      const config = message([1, message([1, name])], [2, message([1, image])], ...parts, [9, label], [15, linux]);
      const container = await call('CreateContainer', message([1, sandbox], [2, config], [3, pod]));
      await call('StartContainer', messageOf(1, container));
      return container;
    });
    return { id, pid: await this.#pidOf('k8s.io', id) };
  }

  async stop(): Promise<void> {
    await this.#cri(async (call) => {
      for (const sandbox of this.#sandboxes) {
        for (const method of ['StopPodSandbox', 'RemovePodSandbox']) await call(method, messageOf(1, sandbox));
      }
    });
    for (const id of await this.#lines('-n', 'default', 'task', 'ls', '-q')) {
      await this.#ctr('-n', 'default', 'task', 'rm', '-f', id);
    }
    await this.#daemon.stop();
    rmSync(this.#folder, { recursive: true });
  }

  /** Calls whose answer is one text, or nothing. */
  #cri<T>(work: (call: (method: string, request: Uint8Array) => Promise<string>) => Promise<T>): Promise<T> {
    return withEngine(
      this.socket,
      (ask) => work(async (method, request) => textIn(await ask(`/runtime.v1.RuntimeService/${method}`, request), 1)),
      30_000,
    );
  }

  async #pidOf(namespace: string, id: string): Promise<number> {
    const row = (await this.#lines('-n', namespace, 'task', 'ls')).find((line) => line.startsWith(id));
    return Number(row?.split(/\s+/)[1]);
  }

  async #lines(...args: readonly string[]): Promise<string[]> {
    const { stdout } = await this.#ctr(...args);
    return stdout.split('\n').filter((line) => line !== '');
  }

  #ctr(...args: readonly string[]): Promise<{ stdout: string }> {
    return run('ctr', ['-a', this.socket, ...args]);
  }
}

/** A score of its own for the killer of processes takes a capability that not every machine gives. */
function configuration(folder: string): string {
  return `version = 2
root = "${folder}/root"
state = "${folder}/state"
[grpc]
  address = "${folder}/c.sock"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "${image}"
  restrict_oom_score_adj = true
`;
}

/** The image as an archive of the form that `docker save` writes. */
async function archiveIn(folder: string): Promise<string> {
  const files = join(folder, 'image');
  mkdirSync(join(files, 'root/bin'), { recursive: true });
  copyFileSync('/bin/busybox', join(files, 'root/bin/busybox'));
  await run('tar', ['-C', join(files, 'root'), '-cf', join(files, 'layer.tar'), '.']);
  const hash = createHash('sha256')
    .update(readFileSync(join(files, 'layer.tar')))
    .digest('hex');
  const config = {
    architecture: process.arch === 'x64' ? 'amd64' : process.arch,
    os: 'linux',
    config: { Cmd: [...box, 'sleep', '3600'] },
    rootfs: { type: 'layers', diff_ids: [`sha256:${hash}`] },
  };
  const manifest = [{ Config: 'config.json', RepoTags: [image], Layers: ['layer.tar'] }];
  writeFileSync(join(files, 'config.json'), JSON.stringify(config));
  writeFileSync(join(files, 'manifest.json'), JSON.stringify(manifest));
  const archive = join(folder, 'image.tar');
  await run('tar', ['-C', files, '-cf', archive, 'config.json', 'layer.tar', 'manifest.json']);
  return archive;
}

/** NamespaceOption { network = NODE } of https://github.com/kubernetes/cri-api */
const onNode = Buffer.from([0x08, 2]);

function message(...fields: readonly (readonly [number, string | Uint8Array])[]): Uint8Array {
  return Buffer.concat(fields.map(([field, value]) => messageOf(field, value)));
}
