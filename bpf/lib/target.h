/* SPDX-License-Identifier: GPL-2.0 */
#ifndef LIB_TARGET_H
#define LIB_TARGET_H

#include "maps/target_filter.h"
#include "maps/targets.h"

static __always_inline __u8 *target_slot(__u32 host_pid)
{
	__u32 slot = host_pid & (TARGET_LIMIT_FILTER_SLOTS - 1);

	return bpf_map_lookup_elem(&target_filter, &slot);
}

/* Whether the current process is captured. Means nothing in softirq. */
static __always_inline bool is_target(void)
{
	__u32 pid = bpf_get_current_pid_tgid() >> 32;
	__u8 *slot = target_slot(pid);

	return slot && *slot && bpf_map_lookup_elem(&targets, &pid);
}

#endif
