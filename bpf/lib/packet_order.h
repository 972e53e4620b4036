/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Packets that come in are looked at before the socket is locked: two CPUs may be at two of one connection, or at the later one first,
 * as when the network changed their order. Here they have their turn, one by one and in their order: a CPU takes the connection, and a
 * packet whose turn it is not is kept until those before it were seen.
 */
#ifndef LIB_PACKET_ORDER_H
#define LIB_PACKET_ORDER_H

#include "lib/count.h"
#include "lib/http_run.h"
#include "lib/packet.h"
#include "maps/early_packets.h"

enum order_limit { ORDER_LIMIT_LOCKS = 64 }; /* a power of 2 */

struct order_lock {
	struct bpf_spin_lock lock;
};

/* What guards conn.is_taken and conn.arrived, by some bits of the socket's address. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, ORDER_LIMIT_LOCKS);
	__type(key, __u32);
	__type(value, struct order_lock);
} order_locks SEC(".maps");

static __always_inline struct order_lock *order_lock_of(const struct conn *c)
{
	__u32 index = (c->sock >> 6) & (ORDER_LIMIT_LOCKS - 1);

	return bpf_map_lookup_elem(&order_locks, &index);
}

static __always_inline struct early_piece *early_find(__u64 connection, __u32 seq)
{
	struct early_key key = { .connection = connection, .seq = seq };

	return bpf_map_lookup_elem(&early_packets, &key);
}

static __always_inline void early_forget(__u64 connection, __u32 seq)
{
	struct early_key key = { .connection = connection, .seq = seq };

	bpf_map_delete_elem(&early_packets, &key);
}

enum order { ORDER_NOW, ORDER_LATER, ORDER_SEEN_BEFORE };

/*
 * Whether it is this packet's turn; then the connection is taken, and order_give gives it back. `received`: up to where TCP had it all when
 * the packet came. What was not seen of that was missed, and nobody waits for it.
 */
static __always_inline enum order order_take(struct conn *c, struct order_lock *l, const struct packet *p,
					     __u32 received)
{
	struct stream *s = &c->stream[RX];
	__u32 end = p->seq + p->length;
	enum order order = ORDER_NOW;

	bpf_spin_lock(&l->lock);
	if (!s->is_known) {
		s->is_known = 1;
		s->next = c->arrived = received;
	}
	if ((__s32)(end - s->next) <= 0)
		order = ORDER_SEEN_BEFORE;
	else if (c->is_taken || ((__s32)(p->seq - s->next) > 0 && (__s32)(p->seq - received) > 0))
		order = ORDER_LATER;
	else
		c->is_taken = 1;
	if ((__s32)(end - c->arrived) > 0)
		c->arrived = end;
	bpf_spin_unlock(&l->lock);
	return order;
}

/* The same for the packet that was kept and is next, if there is one. */
static __always_inline bool order_take_kept(struct conn *c, struct order_lock *l)
{
	__u32 next = c->stream[RX].next;
	bool is_ours;

	if ((__s32)(c->arrived - next) <= 0 || !early_find(c->id, next))
		return false;
	bpf_spin_lock(&l->lock);
	is_ours = !c->is_taken;
	c->is_taken = 1;
	bpf_spin_unlock(&l->lock);
	return is_ours;
}

static __always_inline void order_give(struct conn *c, struct order_lock *l)
{
	bpf_spin_lock(&l->lock);
	c->is_taken = 0;
	bpf_spin_unlock(&l->lock);
}

/* Keeps a packet until its turn comes. */
static __always_inline void order_keep(struct __sk_buff *skb, const struct conn *c, const struct packet *p, __u32 place)
{
	struct early_piece *piece = bpf_map_lookup_elem(&new_piece, &place);
	struct early_key key = { .connection = c->id };
	__u32 i, at, bytes;

	for (i = 0; piece && i < EARLY_LIMIT_PIECES; i++) {
		at = i * EARLY_LIMIT_BYTES;
		if (at >= p->length)
			return;
		bytes = packet_part(p->length - at, EARLY_LIMIT_BYTES);
		key.seq = p->seq + at;
		piece->length = bytes;
		if (bpf_skb_load_bytes(skb, p->first + at, piece->bytes, bytes) ||
		    bpf_map_update_elem(&early_packets, &key, piece, BPF_ANY))
			break;
	}
	if (i * EARLY_LIMIT_BYTES < p->length)
		count(COUNTER_LOST_PACKET_EARLY, 1);
}

#endif
