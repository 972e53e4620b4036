/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What every capture backend shares: begin a run of bytes, walk it, end it. A backend says which bytes (socket, TCP sequence number,
 * length, where they lie) and when; the rest is here. Sequence numbers make peeks, retries after partial writes and
 * gaps harmless: bytes seen before are passed over, bytes never seen are counted.
 */
#ifndef LIB_HTTP_RUN_H
#define LIB_HTTP_RUN_H

#include "lib/http_step.h"
#include "lib/sock.h"
#include "lib/target.h"

/* The connection behind a socket, or NULL when its bytes are seen for the first time. */
static __always_inline struct conn *run_conn_known(const struct tcp_sock *tp)
{
	__u64 key = (__u64)tp;
	struct conn *c = bpf_map_lookup_elem(&conns, &key);

	if (!c || sock_is(c, tp) || (sees_packets && !c->slot.local_port)) /* another CPU is about to describe it */
		return c;
	/* the socket's memory serves another connection, and its end was not seen */
	if (c->requests != c->responses)
		count(COUNTER_LOST_UNREAD, c->requests - c->responses);
	conn_forget(key);
	return NULL;
}

/* Makes the entry of a connection, unless another CPU has just done so. NULL when there is no room. */
static __always_inline struct conn *conn_make(__u64 key)
{
	__u32 zero = 0;
	struct conn *c = bpf_map_lookup_elem(&blank_conn, &zero);

	if (c)
		bpf_map_update_elem(&conns, &key, c, BPF_NOEXIST);
	c = bpf_map_lookup_elem(&conns, &key);
	if (c)
		c->sock = key;
	else
		count(COUNTER_LOST_CONN_FULL, 1);
	return c;
}

/*
 * Begins to remember a connection; `seq` and `dir` as in run_begin. NULL when there is no room. A function of its own: those that
 * call each other have 512 bytes of stack together.
 */
static __attribute__((noinline)) struct conn *run_conn_new(const struct tcp_sock *tp, __u32 seq, int dir)
{
	struct conn *c = conn_make((__u64)tp);

	if (!c)
		return NULL;
	sock_describe(c, tp, dir == RX ? seq : SOCK_READ(tp, copied_seq), dir == TX ? seq : SOCK_READ(tp, write_seq));
	if (c->is_old) {
		c->stream[RX].is_resync = c->stream[TX].is_resync = 1;
		count(COUNTER_CONN_OLD, 1);
	}
	return c;
}

static __always_inline struct conn *run_conn(const struct tcp_sock *tp, __u32 seq, int dir)
{
	return run_conn_known(tp) ?: run_conn_new(tp, seq, dir);
}

/*
 * The same for a socket that the process `pid` uses; NULL also when that is not captured. A process that was found among the targets
 * when it last used the connection need not be looked for again.
 */
static __always_inline struct conn *run_conn_of(__u32 pid, const struct tcp_sock *tp, __u32 seq, int dir)
{
	struct conn *c = run_conn_known(tp);
	__u32 zero = 0;
	__u32 *epoch = bpf_map_lookup_elem(&target_epoch, &zero);

	if (!epoch || (c && c->target_pid == pid && c->target_epoch == *epoch))
		return c;
	if (!bpf_map_lookup_elem(&targets, &pid))
		return NULL;
	if (!c)
		c = run_conn_new(tp, seq, dir);
	if (c) {
		c->target_pid = pid;
		c->target_epoch = *epoch;
	}
	return c;
}

/* Sets the work to a run of `length` bytes, of which none has been looked at. */
static __always_inline void run_prepare(const struct conn *c, struct work *w, __u32 seq, __u32 length, __u64 now)
{
	w->sock = c->sock;
	w->now = now;
	w->seq = seq;
	w->length = length;
	w->at = w->start = w->end = w->sure = w->batched = 0;
}

/* Whether a message may begin with the next byte. */
static __always_inline bool is_between(const struct stream *s)
{
	return !s->head && s->phase == PHASE_HEAD;
}

/* A message may begin with this run: whose it is, and since when it waited. No socket: nobody knows. */
static __always_inline void run_origin(struct conn *c, const struct tcp_sock *tp, __u64 now, int dir)
{
	if (!is_between(&c->stream[dir]))
		return;
	c->pid = sees_packets ? c->target_pid : bpf_get_current_pid_tgid() >> 32;
	if (dir == RX)
		c->arrival_ns = tp ? sock_arrival_ns(tp, now) : now;
}

/*
 * Takes a run of `length` bytes at `seq` in hand, in this place. Returns NULL when there is nothing to walk: no room, another
 * protocol, or bytes that were seen before.
 */
static __always_inline struct work *run_begin_in(struct work *w, const struct tcp_sock *tp, struct conn *c, __u32 seq,
						 __u32 length, int dir)
{
	struct stream *s;
	__s32 ahead;

	if (!c || !w)
		return NULL;
	s = &c->stream[dir];
	if (!s->is_known) {
		s->is_known = 1;
		s->next = seq;
	}
	ahead = seq - s->next;
	if (ahead < 0 && length <= (__u32)-ahead)
		return NULL;
	count(COUNTER_BYTES_SEEN, ahead < 0 ? length + ahead : length);
	if (c->is_tls)
		tls_met(c, dir);
	if (is_tracing && dir == RX) {
		uncounted_received(c);
		turn_begin();
	}
	if (c->kind == CONN_KIND_OPAQUE) {
		count(COUNTER_BYTES_OPAQUE, ahead < 0 ? length + ahead : length);
		s->next = seq + length;
		return NULL;
	}
	run_prepare(c, w, seq, length, bpf_ktime_get_ns());
	if (ahead < 0)
		w->at = -ahead;
	if (ahead > 0)
		http_gap(RUN_ARGUMENTS(c, w, dir), ahead);
	run_origin(c, tp, w->now, dir);
	s->next = seq + length;
	s->last_ns = w->now;
	return w;
}

static __always_inline struct work *run_begin(const struct tcp_sock *tp, struct conn *c, __u32 seq, __u32 length,
					      int dir)
{
	return run_begin_in(work_of(dir), tp, c, seq, length, dir);
}

/* The rest of the run cannot be walked, for a reason that has a counter. */
static __always_inline void run_lost(struct conn *c, struct work *w, int dir, __u32 counter)
{
	count(counter, 1);
	batch_send(RUN_ARGUMENTS(c, w, dir));
	stream_lost(RUN_ARGUMENTS(c, w, dir));
}

/* The kernel took the bytes up to `seq` some time ago, and the end of the call that sent them passed unseen. */
static __always_inline void run_settle(struct conn *c, __u32 seq)
{
	if (c->is_ending && (__s32)(seq - c->end_seq) >= 0 && ending_claim(c))
		response_done(c, c->sock, c->stream[TX].last_ns);
}

/* The kernel has taken the bytes up to `seq`: the end of a response may be among them. */
static __always_inline void run_sent(struct conn *c, __u32 seq)
{
	if (c->is_ending && (__s32)(seq - c->end_seq) >= 0 && ending_claim(c))
		response_done(c, c->sock, bpf_ktime_get_ns());
}

#endif
