import type { Check } from './check.ts';
import { ok } from './finding.ts';

const path = '/sys/kernel/security/lockdown';

/** `none [integrity] confidentiality`: the last one forbids kernel programs to read the kernel's memory. */
export const lockdown: Check = {
  name: 'lockdown',
  look({ files }) {
    const found = files.look(path);
    if (found.is === 'missing') {
      if (found.code === 'ENOENT') return ok('none, or not told: /sys/kernel/security is not mounted');
      return {
        level: 'note',
        says: `${path} cannot be read (${found.code}): integrity is assumed`,
        fix: 'run as root',
      };
    }
    const mode = /\[(\w+)\]/.exec(found.text)?.[1] ?? 'integrity';
    if (mode !== 'confidentiality') return ok(mode === 'integrity' ? 'integrity, which capture does not mind' : mode);
    return {
      level: 'broken',
      says: 'confidentiality: kernel programs must not read the memory of the kernel',
      fix: 'boot with lockdown=integrity, or without lockdown (it cannot be lowered while the system runs)',
    };
  },
};
