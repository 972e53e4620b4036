/** A file that a process has mapped to execute it. */
export interface MappedFile {
  /** Device and inode: the same for every process, and another after an upgrade. */
  readonly key: string;
  /** As the process's own mount namespace names it. */
  readonly path: string;
  /** Name of the kernel's link to it in map_files, which also leads to files that were deleted. */
  readonly range: string;
}

const executable = /^0*([0-9a-f]+)-0*([0-9a-f]+) ..x. [0-9a-f]+ ([0-9a-f]+:[0-9a-f]+) ([1-9]\d*) +(\/.*)$/gm;

/** What most often has TLS in it. */
const likely = /ssl|tls/;

/** Out of /proc/PID/maps: each file once, the likely ones first. */
export function mappedFiles(maps: string): MappedFile[] {
  const files = new Map<string, MappedFile>();
  for (const [, from, to, device, inode, path = ''] of maps.matchAll(executable)) {
    const key = `${device} ${inode}`;
    if (!files.has(key)) files.set(key, { key, path: path.replace(/ \(deleted\)$/, ''), range: `${from}-${to}` });
  }
  return [...files.values()].toSorted((a, b) => Number(likely.test(b.path)) - Number(likely.test(a.path)));
}
