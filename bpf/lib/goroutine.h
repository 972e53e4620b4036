/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which goroutine runs. Go keeps its address in a register, also while it is in a system call, and the kernel keeps the registers
 * that a task came with: to know it takes no probe.
 */
#ifndef LIB_GOROUTINE_H
#define LIB_GOROUTINE_H

#include "lib/exchange.h"
#include "lib/registers.h"
#include "maps/goroutines.h"

/* The number of the goroutine whose struct g this is; 0 = unknown. */
static __always_inline __u64 goid_of(const struct go_process *process, __u64 g)
{
	__u64 goid = 0;

	bpf_probe_read_user(&goid, sizeof(goid), (void *)(g + process->goid));
	return goid;
}

/* The goroutine that the current task runs; 0 = none, or its process is not known to be one of Go. */
static __always_inline __u64 goroutine_current(__u32 pid)
{
	struct go_process *process = bpf_map_lookup_elem(&go_processes, &pid);
	__u64 g = 0;
	long regs;

	/* Linux 5.15 */
	if (!process || !bpf_core_enum_value_exists(enum bpf_func_id, BPF_FUNC_task_pt_regs))
		return 0;
	regs = bpf_task_pt_regs(bpf_get_current_task_btf());
	bpf_probe_read_kernel(&g, sizeof(g), (void *)(regs + GO_GOROUTINE_AT));
	return goid_of(process, g);
}

static __always_inline struct goroutine *goroutine_find(__u32 pid, __u64 goid)
{
	struct goroutine_key key = { .goid = goid, .pid = pid };

	return bpf_map_lookup_elem(&goroutines, &key);
}

static __always_inline void goroutine_put(__u32 pid, __u64 goid, const struct goroutine *now)
{
	struct goroutine_key key = { .goid = goid, .pid = pid };
	struct goroutine *before = bpf_map_lookup_elem(&goroutines, &key);

	if (before)
		*before = *now; /* only the goroutine itself writes it, and in place costs a tenth of an update */
	else
		bpf_map_update_elem(&goroutines, &key, now, BPF_ANY);
}

/* The current goroutine has read the head of the latest request of a connection. Global: the verifier looks at it once. */
__attribute__((noinline)) int goroutine_serves(__u64 sock)
{
	struct conn *c = bpf_map_lookup_elem(&conns, &sock);
	struct goroutine now = { .sock = sock };
	__u64 goid;

	if (!c || !(goid = goroutine_current(c->pid)))
		return 0;
	now.connection = c->id;
	now.index = c->requests - 1;
	goroutine_put(c->pid, goid, &now);
	return 0;
}

#endif
