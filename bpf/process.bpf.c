// SPDX-License-Identifier: GPL-2.0
/*
 * Which processes come, change and go. A process that may have to be captured enters `targets`
 * here, in the kernel, before it can serve its first request; user space is told and confirms or
 * removes it. So there is no interval of polling in which a request could be missed.
 */
#include "kernel.h"
#include "abi.h"
#include "lib/count.h"
#include "lib/process.h"
#include "lib/target.h"
#include "maps/port_holders.h"
#include "maps/process_events.h"
#include "maps/process_watch.h"
#include "maps/wanted_ports.h"

char LICENSE[] SEC("license") = "GPL";

enum { MAX_CHILDREN = 64 };

static __always_inline struct process_watch *watch_settings(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&process_watch, &zero);
}

/* A record about `task`'s process, to be submitted by the caller; counts when there is no room. */
static __always_inline struct process_event *new_event(__u16 kind, struct task_struct *task,
						       const struct process_watch *watch)
{
	struct process_event *event = bpf_ringbuf_reserve(&process_events, sizeof(*event), 0);
	struct task_struct *leader = process_of(task);

	if (!event) {
		count(COUNTER_LOST_PROCESS_EVENT, 1);
		return NULL;
	}
	event->kind = kind;
	event->reserved = 0;
	event->host_pid = BPF_CORE_READ(leader, tgid);
	event->pid = process_pid_in(leader, watch->pid_namespace);
	event->parent_pid = process_pid_in(BPF_CORE_READ(leader, real_parent, group_leader), watch->pid_namespace);
	event->start_ns = BPF_CORE_READ(leader, start_boottime);
	event->port = 0;
	event->family = 0;
	event->reserved2 = 0;
	BPF_CORE_READ_INTO(&event->name, leader, comm);
	return event;
}

static __always_inline bool is_agent(struct task_struct *task, const struct process_watch *watch)
{
	struct task_struct *leader = process_of(task);
	struct task_struct *parent = BPF_CORE_READ(leader, real_parent, group_leader);

	return watch->agent_pid != 0 && (process_pid_in(leader, watch->pid_namespace) == watch->agent_pid ||
					 process_pid_in(parent, watch->pid_namespace) == watch->agent_pid);
}

/* Captured from this instant on; an entry that user space has judged is left as it is. */
static __always_inline void adopt(__u32 host_pid)
{
	struct target target = { .flags = TARGET_FLAG_PROVISIONAL };

	__u8 *slot = target_slot(host_pid);

	if (bpf_map_lookup_elem(&targets, &host_pid))
		return;
	if (slot)
		*slot = 1;
	if (bpf_map_update_elem(&targets, &host_pid, &target, BPF_NOEXIST))
		count(COUNTER_LOST_TARGET_FULL, 1);
	else
		count(COUNTER_ADOPTED, 1);
}

static __always_inline bool is_known(__u32 host_pid)
{
	return bpf_map_lookup_elem(&targets, &host_pid) || bpf_map_lookup_elem(&port_holders, &host_pid);
}

static __always_inline bool is_wanted(__u16 port)
{
	__u32 word = port / 64;
	__u64 *ports = bpf_map_lookup_elem(&wanted_ports, &word);

	return ports && (*ports >> (port % 64) & 1);
}

/* Fires when a task has replaced its program; the new image has not run yet. */
SEC("tp_btf/sched_process_exec")
int BPF_PROG(process_exec, struct task_struct *task)
{
	struct process_watch *watch = watch_settings();
	struct process_event *event;
	__u32 host_pid = task->tgid;

	if (!watch || is_agent(task, watch))
		return 0;
	if (!(watch->flags & WATCH_FLAG_EXEC) && !is_known(host_pid))
		return 0;
	bpf_map_delete_elem(&port_holders, &host_pid);
	adopt(host_pid);
	event = new_event(PROCESS_KIND_EXEC, task, watch);
	if (event)
		bpf_ringbuf_submit(event, 0);
	return 0;
}

/* Fires in the parent before the new task runs; new threads pass here too and are no processes. */
SEC("tp_btf/sched_process_fork")
int BPF_PROG(process_fork, struct task_struct *parent, struct task_struct *child)
{
	struct process_watch *watch = watch_settings();
	struct process_event *event;
	__u32 from = parent->tgid;
	__u32 to = child->tgid;

	if (!watch || to == from || !is_known(from))
		return 0;
	adopt(to);
	event = new_event(PROCESS_KIND_FORK, child, watch);
	if (!event)
		return 0;
	/* With CLONE_PARENT the child's parent in the kernel is another one; what it copies is this
	 * one. */
	event->parent_pid = process_pid_in(process_of(parent), watch->pid_namespace);
	bpf_ringbuf_submit(event, 0);
	return 0;
}

/* Fires for each thread that ends, after it has left signal->live; only the last one ends the
 * process. */
SEC("tp_btf/sched_process_exit")
int BPF_PROG(process_exit, struct task_struct *task)
{
	struct process_watch *watch = watch_settings();
	struct process_event *event;
	__u32 host_pid = task->tgid;

	if (!watch || BPF_CORE_READ(task, signal, live.counter) != 0)
		return 0;
	/* Two last threads may come here at once: whoever deletes the entry tells it. */
	if (bpf_map_delete_elem(&targets, &host_pid) && bpf_map_delete_elem(&port_holders, &host_pid))
		return 0;
	event = new_event(PROCESS_KIND_EXIT, task, watch);
	if (event)
		bpf_ringbuf_submit(event, 0);
	return 0;
}

/* One of them, the task at this address. Global: the verifier looks at it once, not for every child. */
__attribute__((noinline)) int adopt_child(__u64 address)
{
	struct task_struct *child = (struct task_struct *)address;
	struct process_watch *watch = watch_settings();
	__u32 pid = BPF_CORE_READ(child, tgid);
	struct process_event *event;

	if (!watch || is_known(pid))
		return 0;
	adopt(pid);
	event = new_event(PROCESS_KIND_CHILD, child, watch);
	if (event)
		bpf_ringbuf_submit(event, 0);
	return 0;
}

/*
 * What the listener started before may accept on its behalf: a cluster of Node has its workers first. The list is read without its
 * lock, so an entry that is moved meanwhile can lead astray: the walk is bounded, and user space looks for children too.
 */
static __always_inline void adopt_children(struct task_struct *leader)
{
	struct list_head *end = (void *)leader + bpf_core_field_offset(struct task_struct, children);
	struct list_head *at = BPF_CORE_READ(leader, children.next);

	for (int i = 0; i < MAX_CHILDREN && at && at != end; i++, at = BPF_CORE_READ(at, next))
		adopt_child((__u64)at - bpf_core_field_offset(struct task_struct, sibling));
}

/*
 * Fires when a socket changes state; of interest is the step to LISTEN, which is always made by the
 * process that called listen(). A listener without a bound port gets its number only after this: it
 * is told as port 0.
 */
SEC("tp_btf/inet_sock_set_state")
int BPF_PROG(process_listen, const struct sock *sk, int from, int to)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	struct process_watch *watch = watch_settings();
	struct process_event *event;
	__u16 port;

	if (to != STATE_LISTEN || !watch)
		return 0;
	port = BPF_CORE_READ(sk, __sk_common.skc_num);
	if (!is_wanted(port) || is_agent(task, watch))
		return 0;
	adopt(bpf_get_current_pid_tgid() >> 32);
	event = new_event(PROCESS_KIND_LISTEN, task, watch);
	if (!event)
		return 0;
	event->port = port;
	event->family = BPF_CORE_READ(sk, __sk_common.skc_family);
	bpf_ringbuf_submit(event, 0);
	if (BPF_CORE_READ(task, tgid) != 1) /* half of the host descends from it, and it serves nothing itself */
		adopt_children(process_of(task));
	return 0;
}

/* Runs when user space reads it: a struct process_pids for every process, the way from the agent's
 * pids to the host's. */
SEC("iter/task")
int list_processes(struct bpf_iter__task *ctx)
{
	struct process_watch *watch = watch_settings();
	struct task_struct *task = ctx->task;
	struct process_pids pids;

	if (!watch || !task || task->pid != task->tgid)
		return 0;
	pids.host_pid = task->tgid;
	pids.pid = process_pid_in(task, watch->pid_namespace);
	if (pids.pid != 0)
		bpf_seq_write(ctx->meta->seq, &pids, sizeof(pids));
	return 0;
}
