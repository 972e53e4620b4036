/**
 * Id of the container in the text of /proc/PID/cgroup: the last run of 64 hex digits of a line, which covers Docker,
 * containerd, CRI-O and podman, cgroup v1 and v2, systemd's and cgroupfs's names. Empty when there is none.
 */
export function containerIdOf(cgroup: string): string {
  for (const line of cgroup.split('\n')) {
    const ids = line.match(/(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])/g);
    const last = ids?.at(-1);
    if (last !== undefined) return last;
  }
  return '';
}
