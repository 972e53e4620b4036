// SPDX-License-Identifier: GPL-2.0
/*
 * Capture at packets, by programs on the root of the control groups: the way for kernels that let nobody watch what processes do. Start and
 * end of exchanges are those on the wire. Whose a connection is, is known by its ports only: see lib/owner.h.
 */
#define SEES_PACKETS
#define HAS_PLACES
#include "lib/owner.h"
#include "lib/packet.h"
#include "lib/packet_work.h"
#include "lib/tcp_states.h"

enum packet_verdict { PACKET_PASSES = 1 };

enum packet_limit { PACKET_LIMIT_STRETCHES = 64, PACKET_STRETCH_STEPS = 32 };

/* One step through a packet whose bytes from `first` on are the run in hand: see source_stretch. */
__attribute__((noinline)) int packet_step(struct __sk_buff *skb, __u32 first, int run)
{
	int walk = http_step(run);
	struct work *w;
	__u32 at, bytes;

	if (walk != WALK_FILL)
		return walk;
	w = work_of(run);
	if (!w)
		return -1;
	at = w->at;
	bytes = w->length - at;
	if (bytes > WINDOW_BYTES)
		bytes = WINDOW_BYTES;
	barrier_var(bytes);
	bytes = ((bytes - 1) & (WINDOW_BYTES - 1)) + 1; /* it is already: old verifiers know it by this only */
	if (bpf_skb_load_bytes(skb, first + at, w->window, bytes))
		return -1;
	w->start = at;
	w->end = at + bytes;
	return WALK_MORE;
}

__attribute__((noinline)) int packet_stretch(struct __sk_buff *skb, __u32 first, int run)
{
	int walk = WALK_MORE;
	__u32 i;

	for (i = 0; i < PACKET_STRETCH_STEPS && walk > 0; i++)
		walk = packet_step(skb, first, run);
	return walk;
}

static __always_inline void packet_walk(struct __sk_buff *skb, __u32 first, struct conn *c, struct work *w, int dir)
{
	int walk = WALK_MORE;
	__u32 i;

	for (i = 0; i < PACKET_LIMIT_STRETCHES && walk > 0; i++)
		walk = packet_stretch(skb, first, RUN_NUMBER(w, dir));
	if (walk)
		run_lost(c, w, dir, walk < 0 ? COUNTER_LOST_UNREADABLE : COUNTER_LOST_LONG_RUN);
}

/* TCP will not take what lies beyond its window; it comes from somebody else. */
static __always_inline bool packet_is_beyond(const struct tcp_sock *tp, __u32 seq)
{
	return (__s32)(seq - SOCK_READ(tp, rcv_nxt)) > (__s32)SOCK_READ(tp, rcv_wnd);
}

/* A packet comes in for a socket (RX), or leaves it (TX): also when it is one that was seen before. */
static __always_inline void packet_seen(struct __sk_buff *skb, int dir)
{
	struct bpf_sock *sk = skb->sk;
	const struct tcp_sock *tp = sk ? bpf_skc_to_tcp_sock(sk) : NULL;
	struct packet p;
	struct conn *c;
	struct work *w;
	__u64 *wanted;

	if (!tp || !packet_read(skb, &p) || (dir == RX && packet_is_beyond(tp, p.seq)))
		return;
	c = owner_conn(tp, p.seq, dir);
	if (!c)
		return;
	w = packet_work_take(&wanted, dir);
	if (!w)
		return;
	if (run_begin_in(w, NULL, c, p.seq, p.length, dir)) {
		w->sure = p.length;
		packet_walk(skb, p.first, c, w, dir);
	}
	packet_work_give(wanted);
}

/* Before the socket looks at it; in softirq. */
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
