// SPDX-License-Identifier: GPL-2.0
/*
 * Capture at system calls where the kernel may put programs at tracepoints aside. Those at the tracepoints of single calls share one
 * guard with all of their kind on a CPU, and one that is put aside keeps it: the calls of other tasks then pass unseen. These, at the
 * two tracepoints of all calls, have a guard each and so can have spares: see src/kernel/spares.ts. Linux 6.15 and later: others allow no
 * call of a global function to a program that may not be put aside.
 */
#define CAN_CAST
#define CAN_PASS_MEMORY
#include "lib/system_calls.h"

extern void bpf_preempt_disable(void) __ksym;
extern void bpf_preempt_enable(void) __ksym;

#if defined(__TARGET_ARCH_x86)
struct pt_regs___call {
	unsigned long di, si, dx, orig_ax;
} __attribute__((preserve_access_index));
#define ARGUMENTS(regs)                                                    \
	{                                                                  \
		REGISTER(regs, di), REGISTER(regs, si), REGISTER(regs, dx) \
	}
#define CALL_NUMBER(regs) REGISTER(regs, orig_ax)
/* include/asm/unistd_64.h */
enum call_number {
	CALL_READ = 0,
	CALL_WRITE = 1,
	CALL_READV = 19,
	CALL_WRITEV = 20,
	CALL_SENDFILE = 40,
	CALL_SENDTO = 44,
	CALL_RECVFROM = 45,
	CALL_SENDMSG = 46,
	CALL_RECVMSG = 47,
	CALL_SPLICE = 275,
};
#else
struct pt_regs___call {
	__u64 regs[31];
	int syscallno;
} __attribute__((preserve_access_index));
#define ARGUMENTS(regs)                                                                   \
	{                                                                                 \
		REGISTER(regs, regs[0]), REGISTER(regs, regs[1]), REGISTER(regs, regs[2]) \
	}
#define CALL_NUMBER(regs) REGISTER(regs, syscallno)
/* include/asm-generic/unistd.h */
enum call_number {
	CALL_READ = 63,
	CALL_WRITE = 64,
	CALL_READV = 65,
	CALL_WRITEV = 66,
	CALL_SENDFILE = 71,
	CALL_SPLICE = 76,
	CALL_SENDTO = 206,
	CALL_RECVFROM = 207,
	CALL_SENDMSG = 211,
	CALL_RECVMSG = 212,
};
#endif
#define REGISTER(regs, name) BPF_CORE_READ((const struct pt_regs___call *)(regs), name)

enum way { WAY_NONE = 0, WAY_SEND = 1, WAY_RECEIVE = 2, WAY_PAGES = 3 };

static __always_inline enum way way_of(long number)
{
	switch (number) {
	case CALL_WRITE:
	case CALL_WRITEV:
	case CALL_SENDTO:
	case CALL_SENDMSG:
		return WAY_SEND;
	case CALL_READ:
	case CALL_READV:
	case CALL_RECVFROM:
	case CALL_RECVMSG:
		return WAY_RECEIVE;
	case CALL_SENDFILE:
	case CALL_SPLICE:
		return WAY_PAGES;
	default:
		return WAY_NONE;
	}
}

/* Programs of 32 bits have other numbers. */
static __always_inline bool is_compat(void)
{
	struct task_struct___compat *task = (struct task_struct___compat *)bpf_get_current_task();

	return bpf_core_field_exists(task->thread_info.status) && BPF_CORE_READ(task, thread_info.status) & TS_COMPAT;
}

static __always_inline void in_memory(struct call *call, long number, const __u64 *a)
{
	if (number == CALL_SENDMSG || number == CALL_RECVMSG)
		in_message(call, a[1]);
	else if (number == CALL_WRITEV || number == CALL_READV)
		in_iovecs(call, a[1], a[2]);
	else
		in_buffer(call, a[1], a[2]);
}

/* While a run is walked the program is not put aside: the one of the other tracepoint may need the same work. */
static __always_inline void sends(const struct call *call, __u32 length, __u32 sure)
{
	bpf_preempt_disable();
	call_send(call, length, sure);
	bpf_preempt_enable();
}

static __always_inline void has_sent(const struct call *call)
{
	bpf_preempt_disable();
	call_sent(call);
	bpf_preempt_enable();
}

static __always_inline void received(const struct call *call)
{
	bpf_preempt_disable();
	call_received(call);
	bpf_preempt_enable();
}

/* A system call begins. */
SEC("tp_btf/sys_enter")
int BPF_PROG(call_enter, struct pt_regs *regs, long number)
{
	enum way way = way_of(number);
	struct call call = {};
	__u32 sure = 0;

	if (way == WAY_NONE || !is_target() || is_compat())
		return 0;
	__u64 a[] = ARGUMENTS(regs);
	if (way == WAY_PAGES) {
		if (enter(&call, a[0]) || enter(&call, number == CALL_SPLICE ? a[2] : a[1]))
			call_remember(&call);
		return 0;
	}
	if (!enter(&call, a[0]))
		return 0;
	in_memory(&call, number, a);
	if (way == WAY_SEND)
		sure = call_sure(&call, call.length);
	else
		call_waited(&call);
	if (!sure)
		call_remember(&call);
	if (way == WAY_SEND)
		sends(&call, call.length, sure);
	return 0;
}

/* It is over. What was remembered of it another copy may have taken. */
SEC("tp_btf/sys_exit")
int BPF_PROG(call_exit, struct pt_regs *regs)
{
	enum way way = way_of(CALL_NUMBER(regs));
	struct call call;

	if (way == WAY_NONE || !is_target() || is_compat() || !call_recall(&call))
		return 0;
	if (way == WAY_PAGES)
		sends(&call, SOCK_READ((const struct tcp_sock *)call.sock, write_seq) - call.send_seq, 0);
	if (way != WAY_RECEIVE)
		has_sent(&call);
	if (way != WAY_SEND)
		received(&call);
	return 0;
}
