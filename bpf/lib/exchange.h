/* SPDX-License-Identifier: GPL-2.0 */
/* The requests of a connection that wait for their response, oldest first: one in the connection, the rest in `waiting`. */
#ifndef LIB_EXCHANGE_H
#define LIB_EXCHANGE_H

#include "lib/count.h"
#include "lib/ring.h"
#include "maps/conns.h"
#include "maps/waiting.h"

/* All that wait are gone through in two loops, one in the other: see enum scan_limit. */
enum exchange_limit { EXCHANGE_LIMIT_ROOT = 32, EXCHANGE_LIMIT_WAITING = EXCHANGE_LIMIT_ROOT * EXCHANGE_LIMIT_ROOT };

/* The exchange with this index, or NULL when it was never stored. Not inlined, as count is not. */
static __attribute__((noinline, unused)) struct http_event *exchange_find(struct conn *c, __u64 sock, __u32 index)
{
	struct waiting_key key = { .sock = sock, .index = index };
	struct waiting_request *request;

	if (c->is_slot_used && c->slot_index == index)
		return &c->slot;
	if (c->requests == c->responses)
		return NULL; /* nothing waits: spare the lookup */
	request = bpf_map_lookup_elem(&waiting, &key);
	return request ? &request->event : NULL;
}

/* Room for the next exchange, index conn.requests, while its head is read. */
static __always_inline int exchange_reserve(struct conn *c, __u64 sock)
{
	struct waiting_key key = { .sock = sock, .index = c->requests };
	struct waiting_request *blank;
	__u32 zero = 0;

	if (!c->is_slot_used) {
		c->is_slot_used = 1;
		c->slot_index = c->requests;
		return 0;
	}
	blank = bpf_map_lookup_elem(&blank_waiting, &zero);
	if (!blank || c->requests - c->responses >= EXCHANGE_LIMIT_WAITING ||
	    bpf_map_update_elem(&waiting, &key, blank, BPF_ANY)) {
		count(COUNTER_LOST_PIPELINE_FULL, 1);
		return -1;
	}
	return 0;
}

static __always_inline void exchange_release(struct conn *c, __u64 sock, __u32 index)
{
	struct waiting_key key = { .sock = sock, .index = index };

	if (c->is_slot_used && c->slot_index == index)
		c->is_slot_used = 0;
	else
		bpf_map_delete_elem(&waiting, &key);
}

/* Sends a finished exchange to user space. */
static __always_inline void exchange_emit(struct http_event *e)
{
	__u32 head = e->head_bytes;

	if (head > HTTP_LIMIT_HEAD_BYTES)
		head = HTTP_LIMIT_HEAD_BYTES;
	count(ring_send(e, __builtin_offsetof(struct http_event, head) + head) ? COUNTER_LOST_RING_FULL
									       : COUNTER_EXCHANGES,
	      1);
}

#endif
