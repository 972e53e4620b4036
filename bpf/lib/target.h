/* SPDX-License-Identifier: GPL-2.0 */
#ifndef LIB_TARGET_H
#define LIB_TARGET_H

#include "maps/target_epoch.h"
#include "maps/target_filter.h"
#include "maps/targets.h"

static __always_inline __u8 *target_slot(__u32 host_pid)
{
	__u32 slot = host_pid & (TARGET_LIMIT_FILTER_SLOTS - 1);

	return bpf_map_lookup_elem(&target_filter, &slot);
}

static __always_inline __u32 current_process(void)
{
	return bpf_get_current_pid_tgid() >> 32;
}

/* False for most processes that are not captured, at a tenth of the price of asking `targets`. */
static __always_inline bool may_be_target(__u32 host_pid)
{
	__u8 *slot = target_slot(host_pid);

	return slot && *slot;
}

/* The current process when it is captured, otherwise NULL. Means nothing in softirq. */
static __always_inline const struct target *current_target(void)
{
	__u32 pid = current_process();

	return may_be_target(pid) ? bpf_map_lookup_elem(&targets, &pid) : NULL;
}

static __always_inline bool is_target(void)
{
	return current_target();
}

/* As current_process, for programs that kernels before 6.0 do not tell which process runs. */
static __always_inline __u32 task_process(void)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();

	return BPF_CORE_READ(task, tgid);
}

/* The same as is_target for those. */
static __always_inline bool is_target_task(void)
{
	__u32 pid = task_process();

	return bpf_map_lookup_elem(&targets, &pid);
}

/* Whether probes may look into the current process. */
static __always_inline bool is_probed_target(void)
{
	const struct target *target = current_target();

	return target && !(target->flags & TARGET_FLAG_UNPROBED);
}

#endif
