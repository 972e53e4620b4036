import type { Check } from './check.ts';
import { ok } from './finding.ts';
import { isBefore, kernelVersion } from './host.ts';

/** Ring buffers and CAP_BPF came with it. */
const oldest = [5, 8] as const;
const architectures: Readonly<Record<string, string>> = { x64: 'x86_64', arm64: 'aarch64' };

export const kernel: Check = {
  name: 'kernel',
  look({ files }) {
    const release = files.text('/proc/sys/kernel/osrelease').trim();
    if (release === '') {
      const fix = 'mount the proc file system: mount -t proc proc /proc';
      return { level: 'degraded', says: 'the release cannot be read from /proc/sys/kernel/osrelease', fix };
    }
    if (!isBefore(kernelVersion(files), oldest)) return ok(`Linux ${release}`);
    // Red Hat's 4.18 carries what later kernels have: whether it is enough, the trial of the programs tells.
    if (/^4\.18\..*\.el\d/.test(release)) {
      return { level: 'note', says: `Linux ${release}: old, but of the Red Hat family, which adds newer parts to it` };
    }
    return {
      level: 'broken',
      says: `Linux ${release} is too old: 5.8 is the first with everything that the kernel programs need`,
      fix: 'boot a kernel of 5.8 or later; 6.16 or later allows the best way of capturing',
    };
  },
};

export const architecture: Check = {
  name: 'architecture',
  look({ architecture: name }) {
    const known = architectures[name];
    if (known !== undefined) return ok(known);
    return { level: 'broken', says: `${name} is not supported`, fix: 'run on x86_64 or aarch64' };
  },
};
