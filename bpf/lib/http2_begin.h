/* SPDX-License-Identifier: GPL-2.0 */
/* Where HTTP/2 begins on a connection, and where it is lost. */
#ifndef LIB_HTTP2_BEGIN_H
#define LIB_HTTP2_BEGIN_H

#include "lib/http2_batch.h"
#include "maps/work.h"

/* The place within the stream is lost: look for a frame at the start of later runs, and let user space know. */
static __always_inline void http2_lost(struct stream *s, struct frames *f)
{
	count(COUNTER_LOST_FRAMING, 1);
	s->phase = PHASE_HEAD;
	s->head = 0;
	s->is_resync = 1;
	f->is_data = 0;
	f->records++;
}

/* Between two frames; of the connection preface, `seen` bytes of which passed, the rest is to come. */
static __always_inline void http2_rest(struct stream *s, struct frames *f, __u32 seen)
{
	s->phase = PHASE_HEAD;
	s->head = 0;
	s->left = 0;
	if (!seen || seen >= HTTP2_PREFACE_BYTES)
		return;
	s->phase = PHASE_SKIP;
	s->left = HTTP2_PREFACE_BYTES - seen;
	f->head[3] = FRAME_NONE;
}

/* What follows on this connection may be HTTP/2, or a protocol that is none of ours. */
static __always_inline void http2_upgrade(struct conn *c)
{
	c->kind = CONN_KIND_HTTP2;
	c->is_upgrading = 1;
	/* a request whose body is still on its way goes on to the end of that */
	c->frames[RX].head[3] = c->frames[TX].head[3] = FRAME_NONE;
}

/*
 * The bytes in hand are no HTTP/1: a preface, or the first frame of an end that does not wait for it, or a frame of a connection that
 * is older than its capture. Returns false when they are neither.
 */
static __always_inline bool http2_begin(struct conn *c, struct work *w, struct stream *s, bool is_preface)
{
	int dir = s == &c->stream[TX] ? TX : RX;
	struct frames *f = frames_of(c, dir);
	struct stream *other = stream_of(c, !dir);
	__u32 from = w->at - 1 - w->start;
	const __u8 *head = &w->window[from & (WINDOW_BYTES - 1)];

	if (is_preface) {
		c->role = dir == RX ? HTTP_ROLE_SERVER : HTTP_ROLE_CLIENT;
		http2_rest(s, f, s->head);
	} else {
		if (s->head != 1 || w->end - w->at + 1 < FRAMES_LIMIT_FRAME_HEAD)
			return false;
		if (c->is_old) {
			if (!frame_is_likely(head, false))
				return false;
		} else {
			if (!frame_is_first(head))
				return false;
			c->role = dir == TX ? HTTP_ROLE_SERVER : HTTP_ROLE_CLIENT;
		}
		w->at--;
		http2_rest(s, f, 0);
	}
	if (!other->is_resync)
		http2_rest(other, frames_of(c, !dir), other->head);
	s->is_resync = 0;
	c->kind = CONN_KIND_HTTP2;
	count(COUNTER_CONN_HTTP2, 1);
	return true;
}

#endif
