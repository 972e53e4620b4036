// SPDX-License-Identifier: GPL-2.0
/*
 * Capture at packets, by programs on the root of the control groups: the way for kernels that let nobody watch what processes do. Start and
 * end of exchanges are those on the wire. Whose a connection is, is known by its ports only: see lib/owner.h.
 */
#define SEES_PACKETS
#define HAS_PLACES
#include "lib/owner.h"
#include "lib/packet_order.h"
#include "lib/packet_work.h"
#include "lib/tcp_states.h"

enum packet_verdict { PACKET_PASSES = 1 };

enum packet_limit {
	PACKET_LIMIT_STRETCHES = 64,
	PACKET_STRETCH_STEPS = 32,
	PACKET_LIMIT_KEPT = 64,	  /* one after the other */
	PACKET_LIMIT_ROUNDS = 16, /* of those */
};

/* Place of the first byte, when they are not in the packet: they were kept. */
enum packet_first { PACKET_FIRST_KEPT = 0 };

/* Puts the next bytes of the run into the window. False: they cannot be read. */
static __always_inline bool packet_fill(struct __sk_buff *skb, __u32 first, struct work *w)
{
	__u32 at = w->at, bytes = packet_part(w->length - at, WINDOW_BYTES);
	const struct early_piece *piece;
	const struct conn *c;

	if (first != PACKET_FIRST_KEPT) {
		if (bpf_skb_load_bytes(skb, first + at, w->window, bytes))
			return false;
	} else {
		c = bpf_map_lookup_elem(&conns, &w->sock);
		piece = c ? early_find(c->id, w->seq) : NULL;
		if (!piece || at >= EARLY_LIMIT_BYTES || bpf_probe_read_kernel(w->window, bytes, &piece->bytes[at]))
			return false;
	}
	w->start = at;
	w->end = at + bytes;
	return true;
}

/* Some steps through a packet whose bytes from `first` on are the run in hand: see source_stretch. */
__attribute__((noinline)) int packet_stretch(struct __sk_buff *skb, __u32 first, int run)
{
	struct work *w = work_of(run);
	int walk = WALK_MORE;
	__u32 i;

	for (i = 0; w && i < PACKET_STRETCH_STEPS && walk > 0; i++) {
		walk = http_step(run);
		if (walk == WALK_FILL)
			walk = packet_fill(skb, first, w) ? WALK_MORE : -1;
	}
	return walk;
}

/* Takes `length` bytes of the connection that stands in the run in hand. Returns 0 when there is nothing to walk. */
__attribute__((noinline)) int packet_begin(__u32 seq, __u32 length, int run)
{
	struct work *w = work_of(run);
	struct conn *c = w ? bpf_map_lookup_elem(&conns, &w->sock) : NULL;

	if (!run_begin_in(w, NULL, c, seq, length, run & 1))
		return 0;
	w->sure = length;
	return 1;
}

/* The same, and looks at them. */
__attribute__((noinline)) int packet_run(struct __sk_buff *skb, __u32 seq, __u32 first, __u32 length, int run)
{
	int walk = packet_begin(seq, length, run) ? WALK_MORE : WALK_DONE;
	struct work *w = work_of(run);
	struct conn *c = w ? bpf_map_lookup_elem(&conns, &w->sock) : NULL;
	__u32 i;

	for (i = 0; i < PACKET_LIMIT_STRETCHES && walk > 0; i++)
		walk = packet_stretch(skb, first, run);
	if (walk && c)
		run_lost(c, w, run & 1, walk < 0 ? COUNTER_LOST_UNREADABLE : COUNTER_LOST_LONG_RUN);
	return 0;
}

/* Looks at what was kept and comes next. */
static __always_inline void packet_run_kept(struct __sk_buff *skb, const struct conn *c, int run)
{
	const struct early_piece *piece;
	__u32 i, seq;

	for (i = 0; i < PACKET_LIMIT_KEPT; i++) {
		seq = c->stream[RX].next;
		piece = early_find(c->id, seq);
		if (!piece)
			return;
		packet_run(skb, seq, PACKET_FIRST_KEPT, piece->length, run);
		early_forget(c->id, seq);
	}
}

/* A packet that came in has its turn, or is kept. Then come those that were kept and are next. */
static __always_inline void packet_run_ordered(struct __sk_buff *skb, struct conn *c, struct work *w,
					       const struct packet *p, __u32 received)
{
	struct order_lock *l = order_lock_of(c);
	int run = RUN_NUMBER(w, RX);
	enum order order;
	__u32 i;

	if (!l)
		return;
	order = order_take(c, l, p, received);
	if (order == ORDER_SEEN_BEFORE)
		return;
	if (order == ORDER_NOW) {
		packet_run(skb, p->seq, p->first, p->length, run);
		order_give(c, l);
	} else {
		order_keep(skb, c, p, w->place);
	}
	for (i = 0; i < PACKET_LIMIT_ROUNDS && order_take_kept(c, l); i++) {
		packet_run_kept(skb, c, run);
		order_give(c, l);
	}
}

/* TCP will not take what lies beyond its window; it comes from somebody else. */
static __always_inline bool packet_is_beyond(const struct tcp_sock *tp, __u32 seq, __u32 received)
{
	return (__s32)(seq - received) > (__s32)SOCK_READ(tp, rcv_wnd);
}

/* A packet comes in for a socket (RX), or leaves it (TX): also when it is one that was seen before. */
static __always_inline void packet_seen(struct __sk_buff *skb, int dir)
{
	struct bpf_sock *sk = skb->sk;
	const struct tcp_sock *tp = sk ? bpf_skc_to_tcp_sock(sk) : NULL;
	__u32 passed; /* sequence number up to which all bytes of this direction have passed */
	struct packet p;
	struct conn *c;
	struct work *w;
	__u64 *wanted;

	if (!tp || !packet_read(skb, &p))
		return;
	passed = dir == RX ? SOCK_READ(tp, rcv_nxt) : p.seq;
	if (dir == RX && packet_is_beyond(tp, p.seq, passed))
		return;
	c = owner_conn(tp, passed, dir);
	if (!c)
		return;
	w = packet_work_take(&wanted, dir);
	if (!w)
		return;
	w->sock = c->sock;
	if (dir == RX)
		packet_run_ordered(skb, c, w, &p, passed);
	else
		packet_run(skb, p.seq, p.first, p.length, RUN_NUMBER(w, TX));
	packet_work_give(wanted);
}

/* Before the socket is locked and looks at it; in softirq. */
SEC("cgroup_skb/ingress")
int packet_in(struct __sk_buff *skb)
{
	packet_seen(skb, RX);
	return PACKET_PASSES;
}

/* Before it is cut to what the network takes; in the process that sends, or in softirq. */
SEC("cgroup_skb/egress")
int packet_out(struct __sk_buff *skb)
{
	packet_seen(skb, TX);
	return PACKET_PASSES;
}
