/* SPDX-License-Identifier: GPL-2.0 */
/* Who a task is, in the kernel's numbers and in the agent's. */
#ifndef LIB_PROCESS_H
#define LIB_PROCESS_H

#include "../kernel.h"

/* Nested pid namespaces: the kernel allows 32, container engines make one or two. */
#define PROCESS_MAX_NESTING 8

/* The first pid namespace's inode never changes: PROC_PID_INIT_INO of include/linux/proc_ns.h. */
#define PROCESS_FIRST_NAMESPACE 0xeffffffcU

static __always_inline struct task_struct *process_of(struct task_struct *task)
{
	return BPF_CORE_READ(task, group_leader);
}

/* The number of a process in a pid namespace, 0 when it is not visible there. */
static __always_inline __u32 process_pid_in(struct task_struct *leader, __u32 namespace)
{
	struct pid *pid;
	__u32 level;

	if (namespace == 0 || namespace == PROCESS_FIRST_NAMESPACE)
		return BPF_CORE_READ(leader, tgid);
	pid = BPF_CORE_READ(leader, thread_pid);
	if (!pid)
		return 0; /* already unhashed: the exit of a process that was waited for */
	level = BPF_CORE_READ(pid, level);
	for (__u32 i = 1; i < PROCESS_MAX_NESTING && i <= level; i++) {
		struct upid *number =
			(void *)pid + bpf_core_field_offset(struct pid, numbers) + i * bpf_core_type_size(struct upid);

		if (BPF_CORE_READ(number, ns, ns.inum) == namespace)
			return BPF_CORE_READ(number, nr);
	}
	return 0;
}

#endif
