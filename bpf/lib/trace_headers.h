/* SPDX-License-Identifier: GPL-2.0 */
/* Keeps the headers that carry a trace: traceparent in the connection, while tracestate goes to user space as it is. */
#ifndef LIB_TRACE_HEADERS_H
#define LIB_TRACE_HEADERS_H

#include "lib/head_part.h"
#include "lib/trace.h"

static __always_inline void traceparent_keep(struct conn *c, struct work *w, __u32 from, __u32 bytes)
{
	__u32 at = c->traceparent_bytes, room;

	if (at >= TRACE_LIMIT_PARENT_BYTES)
		return;
	room = TRACE_LIMIT_PARENT_BYTES - at;
	if (bytes > room)
		bytes = room;
	barrier_var(bytes);
	if (bytes <= TRACE_LIMIT_PARENT_BYTES)
		bpf_probe_read_kernel(&c->traceparent[at & (TRACE_LIMIT_PARENT_BYTES - 1)], bytes,
				      &w->window[from & (WINDOW_BYTES - 1)]);
	c->traceparent_bytes = at + bytes;
}

static __always_inline void tracestate_send(struct conn *c, struct work *w, struct stream *s, __u32 from, __u32 bytes)
{
	if (!bytes || c->state_bytes >= TRACE_LIMIT_STATE_BYTES)
		return;
	if (head_part_send(c, w, s, EVENT_KIND_STATE_PART, from, bytes, c->state_bytes))
		c->state_bytes += bytes;
}

/* After a scan of a request's head that ended as `stop` says: takes what it found of a value. */
static __always_inline void trace_keep(struct conn *c, struct work *w, struct stream *s, __u8 stop)
{
	__u32 from = w->scan.marks[MARK_VALUE], bytes = w->scan.at - from;
	__u8 state = s->state;

	if (bytes > WINDOW_BYTES)
		return;
	if (stop == HS_STOP_PARENT)
		c->traceparents++;
	if (stop == HS_STOP_PARENT || (!stop && state == HS_PARENT_VALUE))
		traceparent_keep(c, w, from, bytes);
	else if (stop == HS_STOP_TSTATE || (!stop && state == HS_TSTATE_VALUE))
		tracestate_send(c, w, s, from, bytes);
}

#endif
