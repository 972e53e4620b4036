import { expect, test } from 'vitest';
import { containerIdOf } from '../../../src/discover/container.ts';

const id = '5f0c'.repeat(16);
const other = 'ab12'.repeat(16);

test.each([
  ['Docker, cgroup v1', `12:cpu,cpuacct:/docker/${id}\n11:memory:/docker/${id}\n`],
  ['Docker, cgroup v2 of the host', `0::/docker/${id}\n`],
  ['seen from a cgroup namespace of its own', `0::/../${id}\n`],
  ['systemd driver', `0::/system.slice/docker-${id}.scope\n`],
  ['podman', `0::/machine.slice/libpod-${id}.scope/container\n`],
  [
    'Kubernetes, containerd',
    `0::/kubepods.slice/kubepods-burstable.slice/kubepods-pod1.slice/cri-containerd-${id}.scope\n`,
  ],
  ['Kubernetes, CRI-O', `0::/kubepods.slice/crio-${id}.scope\n`],
  ['Kubernetes, cgroupfs', `1:name=systemd:/kubepods/besteffort/pod12/${id}\n`],
  ['Docker in Docker: the inner one', `0::/docker/${other}/docker/${id}\n`],
  ['only one controller names it', `2:cpu:/\n1:pids:/docker/${id}\n0::/\n`],
])('%s', (_, text) => {
  expect(containerIdOf(text)).toBe(id);
});

test.each([
  ['a process of the host', '0::/user.slice/user-1000.slice/session-1.scope\n'],
  ['longer runs of digits', `0::/x/${id}00\n`],
  ['nothing to read', ''],
])('%s is in no container', (_, text) => {
  expect(containerIdOf(text)).toBe('');
});
