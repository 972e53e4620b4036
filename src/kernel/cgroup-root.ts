import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A place in the tree of control groups where programs can be attached, of version 2 that is. */
export interface CgroupRoot {
  readonly path: string;
  /** False when it is a container's own part of the tree: the rest of the host is not below it. */
  readonly isWhole: boolean;
}

/** Where the tree is mounted; undefined when it is nowhere. `proc`: the host's, so that its first process shows its mounts. */
export function cgroupRoot(proc: string): CgroupRoot | undefined {
  const places = [join(proc, '1/root/sys/fs/cgroup'), '/sys/fs/cgroup', '/sys/fs/cgroup/unified', ...mounts()];
  const found = places
    .filter((path) => existsSync(join(path, 'cgroup.controllers')))
    // every group but the first has a type
    .map((path) => ({ path, isWhole: !existsSync(join(path, 'cgroup.type')) }));
  return found.find(({ isWhole }) => isWhole) ?? found[0];
}

/**
 * The group that every process of the host is in or below.
 *
 * @throws one of the errors that `causeOf` knows
 */
export function wholeCgroup(proc: string): string {
  const root = cgroupRoot(proc);
  if (root?.isWhole === true) return root.path;
  const [code, message] =
    root === undefined
      ? ['NO_CGROUPS', 'no file system of type cgroup2']
      : ['PART_OF_CGROUPS', `${root.path} is a part of the tree`];
  throw Object.assign(new Error(message), { code });
}

/** proc(5): `36 35 0:25 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw` */
function mounts(): readonly string[] {
  const lines = readFileSync('/proc/self/mountinfo', 'utf8').split('\n');
  return lines.filter((line) => line.includes(' - cgroup2 ')).map((line) => line.split(' ')[4] ?? '');
}
