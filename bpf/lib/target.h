/* SPDX-License-Identifier: GPL-2.0 */
#ifndef LIB_TARGET_H
#define LIB_TARGET_H

#include "maps/targets.h"

/* Whether the current process is captured. Means nothing in softirq. */
static __always_inline bool is_target(void)
{
	__u32 pid = bpf_get_current_pid_tgid() >> 32;

	return bpf_map_lookup_elem(&targets, &pid) != NULL;
}

#endif
