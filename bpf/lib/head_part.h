/* SPDX-License-Identifier: GPL-2.0 */
/* Bytes of a message that go to user space ahead of its exchange. */
#ifndef LIB_HEAD_PART_H
#define LIB_HEAD_PART_H

#include "lib/conn.h"
#include "lib/count.h"
#include "lib/ring.h"
#include "maps/work.h"

/* `bytes` from index `from` of the window on; `offset` is as `kind` says. Returns false when the ring is full. */
static __always_inline bool head_part_send(const struct conn *c, const struct work *w, const struct stream *s,
					   __u16 kind, __u32 from, __u32 bytes, __u32 offset)
{
	struct head_part *part = bpf_ringbuf_reserve(&events, sizeof(*part), 0);

	if (!part) {
		count(COUNTER_LOST_PART, 1);
		return false;
	}
	part->kind = kind;
	part->from = from;
	part->bytes = bytes;
	part->reserved = 0;
	part->connection = c->id;
	part->index = s->flags & STREAM_BEGUN ? c->requests - 1 : c->requests;
	if (s->flags & STREAM_RESPONSE)
		part->index = c->responses;
	part->offset = offset;
	bpf_probe_read_kernel(part->data, WINDOW_BYTES, w->window);
	bpf_ringbuf_submit(part, 0);
	return true;
}

#endif
