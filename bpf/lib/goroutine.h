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

/* THREAD_SIZE of x86-64, and of arm64 with pages of 4 or 16 KiB */
enum task_stack { TASK_STACK_BYTES = 1 << 14 };

/* Where the kernel keeps the registers that the current task came with. Linux before 5.15 has to be told: at the top of its stack. */
static __always_inline unsigned long task_registers(void)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();

	if (bpf_core_enum_value_exists(enum bpf_func_id, BPF_FUNC_task_pt_regs))
		return bpf_task_pt_regs(bpf_get_current_task_btf());
	return (unsigned long)BPF_CORE_READ(task, stack) + TASK_STACK_BYTES - bpf_core_type_size(struct pt_regs___all);
}

/* The goroutine that the current task runs; 0 = none, or its process is not known to be one of Go. */
static __always_inline __u64 goroutine_current(__u32 pid)
{
	struct go_process *process = bpf_map_lookup_elem(&go_processes, &pid);
	__u64 g = 0;

	if (!process)
		return 0;
	bpf_probe_read_kernel(&g, sizeof(g), (void *)(task_registers() + GO_GOROUTINE_AT));
	return goid_of(process, g);
}

static __always_inline struct goroutine_slot *goroutine_slot(__u32 pid, __u64 goid)
{
	__u32 slot = (goid + pid * 0x9e3779b1) & (GOROUTINE_LIMIT_SLOTS - 1); /* processes begin far from each other */

	return bpf_map_lookup_elem(&goroutines, &slot);
}

static __always_inline struct goroutine *goroutine_find(__u32 pid, __u64 goid)
{
	struct goroutine_slot *slot = goroutine_slot(pid, goid);

	return slot && slot->key.goid == goid && slot->key.pid == pid ? &slot->serving : NULL;
}

static __always_inline void goroutine_put(__u32 pid, __u64 goid, const struct goroutine *now)
{
	struct goroutine_slot *slot = goroutine_slot(pid, goid);

	if (!slot)
		return;
	slot->key.goid = 0; /* nobody's meanwhile */
	barrier();
	slot->serving = *now;
	slot->key.pid = pid;
	barrier();
	slot->key.goid = goid;
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
