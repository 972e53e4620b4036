import type { Check } from './check.ts';
import { ok } from './finding.ts';

const path = '/sys/kernel/btf/vmlinux';

/** The kernel's description of its own types: without it no program can be fitted to this kernel. */
export const btf: Check = {
  name: 'BTF',
  look({ files }) {
    const found = files.look(path);
    if (found.is === 'text') return ok(`${path}, ${Math.round(found.text.length / 1024)} KiB`);
    const isHidden = files.list('/sys/kernel').length === 0;
    return {
      level: 'broken',
      says: `${path} cannot be read (${found.code}): the kernel programs cannot be fitted to this kernel`,
      fix: isHidden
        ? 'mount sysfs (mount -t sysfs sysfs /sys); in a container do not hide /sys/kernel'
        : 'use a kernel built with CONFIG_DEBUG_INFO_BTF=y (those of Debian 11, Ubuntu 20.10, RHEL 8.2 and later are), ' +
          'and do not mount over /sys/kernel/btf',
    };
  },
};
