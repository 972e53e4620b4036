// SPDX-License-Identifier: GPL-2.0
/*
 * Capture at the TCP layer by BTF tracepoints, Linux 6.16 and later: no kprobes needed, sees io_uring, costs processes that are not
 * captured one lookup a call. All but the last program run under the socket's lock. Newer kernels may put these programs aside for another
 * task on the same CPU, which would take the same work in hand: while a run is walked they may not.
 */
#define CAN_CAST
#define CAN_PASS_MEMORY
#include "lib/source.h"
#include "lib/tcp_states.h"

extern int bpf_dynptr_from_skb(struct sk_buff *skb, __u64 flags, struct bpf_dynptr *ptr) __ksym;
extern void bpf_preempt_disable(void) __ksym;
extern void bpf_preempt_enable(void) __ksym;

/* What is sent lies in the memory of the process, as its message says. */
static __always_inline void sent_walk(struct conn *c, struct work *w, const struct msghdr *msg)
{
	__u8 type = msg->msg_iter.iter_type;

	if (type == bpf_core_enum_value(enum iter_type, ITER_UBUF))
		source_buffer(w, (__u64)msg->msg_iter.ubuf + msg->msg_iter.iov_offset);
	else if (type == bpf_core_enum_value(enum iter_type, ITER_IOVEC))
		source_iovec(w, (__u64)msg->msg_iter.__iov, msg->msg_iter.iov_offset, msg->msg_iter.nr_segs, false);
	else /* sendfile, splice, registered buffers: pages */
		source_buffer(w, 0);
	source_walk(c, w, TX);
}

/* Each turn of the loop in which the kernel takes bytes to send, before it takes them. */
SEC("tp_btf/tcp_sendmsg_locked")
int BPF_PROG(tcp_send, struct sock *sk, struct msghdr *msg, struct sk_buff *skb, int size_goal)
{
	const struct tcp_sock *tp;
	__u32 pid = current_process(), seq, length, room = 0;
	struct work *w;
	struct conn *c;

	if (!may_be_target(pid) || !(tp = sock_tcp(sk)))
		return 0;
	seq = SOCK_READ(tp, write_seq);
	length = msg->msg_iter.count;
	/* With room in the send buffer one turn takes a whole skb, otherwise the process waits and comes back here. */
	if (SOCK_READ(sk, sk_wmem_queued) < SOCK_READ(sk, sk_sndbuf))
		room = length < (__u32)size_goal ? length : size_goal;
	c = run_conn_of(pid, tp, seq, TX);
	if (!c)
		return 0;
	run_sent(c, seq + room);
	bpf_preempt_disable();
	w = run_begin(tp, c, seq, length, TX);
	if (w) {
		w->sure = room;
		sent_walk(c, w, msg);
	}
	bpf_preempt_enable();
	return 0;
}

/* One step through a packet whose bytes from `first` on are the run in hand: see source_stretch. */
__attribute__((noinline)) int packet_step(struct sk_buff *skb __arg_trusted, __u32 first, struct conn *c,
					  struct work *w)
{
	int walk = http_step(c, w, RX);
	struct bpf_dynptr packet;
	__u32 at, bytes;

	if (is_tracing)
		trace_due(w);
	if (walk != WALK_FILL)
		return walk;
	if (!w || bpf_dynptr_from_skb(skb, 0, &packet))
		return -1;
	at = w->at;
	bytes = w->length - at;
	if (bytes > WINDOW_BYTES)
		bytes = WINDOW_BYTES;
	barrier_var(bytes);
	if (bytes > WINDOW_BYTES || bpf_dynptr_read(w->window, bytes, &packet, first + at, 0))
		return -1;
	w->start = at;
	w->end = at + bytes;
	return WALK_MORE;
}

__attribute__((noinline)) int packet_stretch(struct sk_buff *skb __arg_trusted, __u32 first, struct conn *c,
					     struct work *w)
{
	int walk = WALK_MORE;
	__u32 i;

	for (i = 0; i < SOURCE_STRETCH_STEPS && walk > 0; i++)
		walk = packet_step(skb, first, c, w);
	return walk;
}

static __always_inline void packet_walk(struct sk_buff *skb, __u32 first, struct conn *c, struct work *w)
{
	int walk = WALK_MORE;
	__u32 i;

	for (i = 0; i < SOURCE_LIMIT_STRETCHES && walk > 0; i++)
		walk = packet_stretch(skb, first, c, w);
	if (walk)
		run_lost(c, w, RX, walk < 0 ? COUNTER_LOST_UNREADABLE : COUNTER_LOST_LONG_RUN);
}

/* The process is about to be given bytes of a packet. */
SEC("tp_btf/skb_copy_datagram_iovec")
int BPF_PROG(tcp_receive, struct sk_buff *skb, int length)
{
	const struct tcp_sock *tp;
	__u32 pid = current_process(), seq, copied, first;
	struct work *w;
	struct conn *c;

	if (length <= 0 || !may_be_target(pid) || !skb->sk || !(tp = sock_tcp(skb->sk)))
		return 0;
	seq = SOCK_READ((struct tcp_skb_cb *)skb->cb, seq);
	copied = SOCK_READ(tp, copied_seq);
	/* A peek beyond the first packet is behind copied_seq: it begins with the packet. */
	first = (__s32)(copied - seq) > 0 ? copied - seq : 0;
	c = run_conn_of(pid, tp, seq + first, RX);
	if (!c)
		return 0;
	bpf_preempt_disable();
	w = run_begin(tp, c, seq + first, length, RX);
	if (w)
		packet_walk(skb, first, c, w);
	bpf_preempt_enable();
	return 0;
}
