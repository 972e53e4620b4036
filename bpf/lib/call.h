/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Capture by calls: their beginning shows what is sent, their end what was received and how much was taken. What is sent is
 * read at the beginning, because the answer may be read on another thread before the end; a call that takes only
 * part of it is repeated by the process, and the sequence numbers tell what is new.
 */
#ifndef LIB_CALL_H
#define LIB_CALL_H

#include "lib/source.h"
#include "maps/calls.h"

static __always_inline void call_source(struct work *w, const struct call *call)
{
	if (call->kind == MEMORY_IOVEC || call->kind == MEMORY_USER_IOVEC)
		source_iovec(w, call->memory, call->offset, call->segments, call->kind == MEMORY_USER_IOVEC);
	else
		source_buffer(w, call->kind == MEMORY_BUFFER ? call->memory : 0);
}

static __always_inline void call_remember(const struct call *call)
{
	__u64 thread = bpf_get_current_pid_tgid();

	if (bpf_map_update_elem(&calls, &thread, call, BPF_ANY))
		count(COUNTER_LOST_CALL_FULL, 1);
}

/* The call this thread began, copied and forgotten. Returns false when there is none, as for all processes that were never captured. */
static __always_inline bool call_recall(struct call *call)
{
	__u64 thread = bpf_get_current_pid_tgid();
	struct call *found = may_be_target(thread >> 32) ? bpf_map_lookup_elem(&calls, &thread) : NULL;

	if (!found)
		return false;
	*call = *found;
	bpf_map_delete_elem(&calls, &thread);
	return true;
}

static __always_inline __u32 call_bytes(__u64 bytes)
{
	return bytes < CALL_LIMIT_BYTES ? bytes : CALL_LIMIT_BYTES;
}

/* What is watched of the socket from the beginning of the call to its end. */
static __always_inline void call_begin(struct call *call, const struct tcp_sock *tp)
{
	call->sock = (__u64)tp;
	call->receive_seq = SOCK_READ(tp, copied_seq);
	call->send_seq = SOCK_READ(tp, write_seq);
}

/*
 * A call that is about to receive: since when that has waited. At its end this is not known any more, for the socket then has had to
 * do with other packets.
 */
static __always_inline void call_waited(struct call *call)
{
	const struct tcp_sock *tp = (const struct tcp_sock *)call->sock;

	if (SOCK_READ(tp, rcv_nxt) != call->receive_seq)
		call->arrival_ns = sock_arrival_ns(tp, bpf_ktime_get_ns());
}

/* How many of the bytes that a call is about to send surely leave: all of them or none. Then nothing waits for its end. */
static __always_inline __u32 call_sure(const struct call *call, __u32 length)
{
	return sock_takes((const struct sock *)call->sock, length) ? length : 0;
}

/* `length` bytes are about to be sent; so many of them as are `sure` will leave. */
static __always_inline void call_send(const struct call *call, __u32 length, __u32 sure)
{
	const struct tcp_sock *tp = (const struct tcp_sock *)call->sock;
	struct conn *c = run_conn(tp, call->send_seq, TX);
	struct work *w;

	if (c)
		run_settle(c, call->send_seq);
	w = run_begin(tp, c, call->send_seq, length, TX);
	if (!w)
		return;
	w->sure = sure;
	call_source(w, call);
	source_walk(c, w, TX);
}

/* The call that sent is over. */
static __always_inline void call_sent(const struct call *call)
{
	const struct tcp_sock *tp = (const struct tcp_sock *)call->sock;
	struct conn *c = bpf_map_lookup_elem(&conns, &call->sock);

	if (c)
		run_sent(c, SOCK_READ(tp, write_seq));
}

/* What the call has taken from the socket lies where the process wanted it. A peek takes nothing. */
static __always_inline void call_received(const struct call *call)
{
	const struct tcp_sock *tp = (const struct tcp_sock *)call->sock;
	__s32 length = sock_read_seq(tp) - call->receive_seq;
	struct conn *c;
	struct work *w;

	if (length <= 0)
		return;
	c = run_conn(tp, call->receive_seq, RX);
	if (c && c->is_ending)
		run_settle(c, SOCK_READ(tp, write_seq));
	w = run_begin(tp, c, call->receive_seq, length, RX);
	if (!w)
		return;
	if (call->arrival_ns && is_between(&c->stream[RX]))
		c->arrival_ns = call->arrival_ns;
	call_source(w, call);
	source_walk(c, w, RX);
}

#endif
