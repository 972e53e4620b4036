// SPDX-License-Identifier: GPL-2.0
/*
 * Capture at system calls by their tracepoints: the way that every kernel has. It puts each process of the machine on the slow path of
 * these calls and does not see io_uring, of which it says so.
 *
 * Each call has two small programs; what is heavy, the walk through the bytes, is reached by a tail call, so that the
 * verifier looks at it once for all of them.
 */
#include "lib/system_calls.h"

enum walk_program { WALK_SEND = 0, WALK_RECEIVE = 1, WALK_PAGES = 2 };

int walk_send(void *ctx);
int walk_receive(void *ctx);
int walk_pages(void *ctx);

struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(max_entries, 3);
	__uint(key_size, sizeof(__u32));
	__array(values, int(void *));
} walks SEC(".maps") = {
	.values = { [WALK_SEND] = (void *)&walk_send,
		    [WALK_RECEIVE] = (void *)&walk_receive,
		    [WALK_PAGES] = (void *)&walk_pages },
};

/* Reached from a call that is about to send. */
SEC("tracepoint")
int walk_send(void *ctx)
{
	__u64 thread = bpf_get_current_pid_tgid();
	struct call *call = bpf_map_lookup_elem(&calls, &thread);
	__u32 sure;

	if (!call)
		return 0;
	sure = call_sure(call, call->length);
	call_send(call, call->length, sure);
	if (sure)
		bpf_map_delete_elem(&calls, &thread);
	return 0;
}

/* Reached from a call that has received. */
SEC("tracepoint")
int walk_receive(void *ctx)
{
	struct call call;

	if (call_recall(&call))
		call_received(&call);
	return 0;
}

/* Reached from a call that has sent, or received, pages that never were in the memory of the process. */
SEC("tracepoint")
int walk_pages(void *ctx)
{
	const struct tcp_sock *tp;
	struct call call;

	if (!call_recall(&call))
		return 0;
	tp = (const struct tcp_sock *)call.sock;
	call_send(&call, SOCK_READ(tp, write_seq) - call.send_seq, 0);
	call_sent(&call);
	call_received(&call);
	return 0;
}

static __always_inline int enter_send(void *ctx, struct call *call, int fd)
{
	if (!enter(call, fd))
		return 0;
	call_remember(call);
	bpf_tail_call(ctx, &walks, WALK_SEND);
	return 0;
}

static __always_inline int enter_receive(struct call *call, int fd)
{
	if (!enter(call, fd))
		return 0;
	call_waited(call);
	call_remember(call);
	return 0;
}

/* Goes on with the call that this thread is in, if it is one that was remembered. */
static __always_inline int exit_call(void *ctx, __u32 walk)
{
	__u64 thread = bpf_get_current_pid_tgid();

	if (bpf_map_lookup_elem(&calls, &thread))
		bpf_tail_call(ctx, &walks, walk);
	return 0;
}

static __always_inline int exit_send(void)
{
	struct call call;

	if (call_recall(&call))
		call_sent(&call);
	return 0;
}

static __always_inline int exit_receive(void *ctx)
{
	return exit_call(ctx, WALK_RECEIVE);
}

/* The two programs of a call: `describe` fills `call` from its arguments A(0) … A(5), the first of which is the socket. */
#define A(n) (ctx->args[n])
#define SENDS(name, describe)                                   \
	SEC("tracepoint/syscalls/sys_enter_" #name)             \
	int enter_##name(struct trace_event_raw_sys_enter *ctx) \
	{                                                       \
		struct call call = {};                          \
                                                                \
		if (!is_target())                               \
			return 0;                               \
		describe;                                       \
		return enter_send(ctx, &call, A(0));            \
	}                                                       \
	SEC("tracepoint/syscalls/sys_exit_" #name)              \
	int exit_##name(struct trace_event_raw_sys_exit *ctx)   \
	{                                                       \
		return exit_send();                             \
	}
#define RECEIVES(name, describe)                                \
	SEC("tracepoint/syscalls/sys_enter_" #name)             \
	int enter_##name(struct trace_event_raw_sys_enter *ctx) \
	{                                                       \
		struct call call = {};                          \
                                                                \
		if (!is_target())                               \
			return 0;                               \
		describe;                                       \
		return enter_receive(&call, A(0));              \
	}                                                       \
	SEC("tracepoint/syscalls/sys_exit_" #name)              \
	int exit_##name(struct trace_event_raw_sys_exit *ctx)   \
	{                                                       \
		return exit_receive(ctx);                       \
	}

SENDS(write, in_buffer(&call, A(1), A(2)))
SENDS(writev, in_iovecs(&call, A(1), A(2)))
SENDS(sendto, in_buffer(&call, A(1), A(2)))
SENDS(sendmsg, in_message(&call, A(1)))
RECEIVES(read, in_buffer(&call, A(1), A(2)))
RECEIVES(readv, in_iovecs(&call, A(1), A(2)))
RECEIVES(recvfrom, in_buffer(&call, A(1), A(2)))
RECEIVES(recvmsg, in_message(&call, A(1)))

/* Pages that go from a file to another, the second or the third argument's; either may be the socket. */
static __always_inline int enter_pages(int one, int other)
{
	struct call call = {};

	if (enter(&call, one) || enter(&call, other))
		call_remember(&call);
	return 0;
}

static __always_inline int exit_pages(void *ctx)
{
	return exit_call(ctx, WALK_PAGES);
}

#define MOVES_PAGES(name, one, other)                           \
	SEC("tracepoint/syscalls/sys_enter_" #name)             \
	int enter_##name(struct trace_event_raw_sys_enter *ctx) \
	{                                                       \
		return enter_pages(one, other);                 \
	}                                                       \
	SEC("tracepoint/syscalls/sys_exit_" #name)              \
	int exit_##name(struct trace_event_raw_sys_exit *ctx)   \
	{                                                       \
		return exit_pages(ctx);                         \
	}

MOVES_PAGES(sendfile64, A(0), A(1))
MOVES_PAGES(splice, A(2), A(0))
