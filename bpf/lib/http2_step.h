/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The walk through HTTP/2: from frame to frame, https://www.rfc-editor.org/rfc/rfc9113#section-4. What is in the header
 * blocks and which frames belong together is for user space.
 */
#ifndef LIB_HTTP2_STEP_H
#define LIB_HTTP2_STEP_H

#include "lib/exchange_end.h"
#include "lib/http2_begin.h"
#include "maps/work.h"

enum walk { WALK_DONE = 0, WALK_MORE = 1, WALK_FILL = 2 };

/* A frame of DATA has passed: its length without padding goes to what is told of its stream. */
__attribute__((noinline)) int data_end(RUN_PARAMETERS)
{
	FIND_RUN(dir);
	__u32 is_padded, bytes, padding, stream;
	struct frames *f;

	if (!c || !w)
		return 0;
	f = frames_of(c, dir);
	is_padded = f->head[4] & FRAME_PADDED ? 1 : 0;
	bytes = frame_length(f->head);
	padding = is_padded ? 1 + f->head[FRAMES_LIMIT_FRAME_HEAD] : 0;
	bytes = padding < bytes ? bytes - padding : 0;
	__builtin_memcpy(&stream, f->head + 5, sizeof(stream));
	if (f->is_data && (f->data_stream != stream || (f->data_bytes + bytes) >> 24))
		batch_data(w, f, 0);
	if (!f->is_data) {
		f->is_data = 1;
		f->data_stream = stream;
		f->data_bytes = 0;
	}
	if (!f->data_bytes)
		__builtin_memcpy(f->data_prefix, f->head + FRAMES_LIMIT_FRAME_HEAD + is_padded,
				 FRAMES_LIMIT_PREFIX_BYTES);
	f->data_bytes += bytes;
	if (f->head[4] & FRAME_END_STREAM)
		batch_data(w, f, FRAME_END_STREAM);
	return 0;
}

static __always_inline void frame_end(struct conn *c, struct work *w, struct stream *s, struct frames *f, int dir)
{
	bool is_skipped = s->phase == PHASE_SKIP;

	s->phase = PHASE_HEAD;
	if (is_skipped && f->head[3] == FRAME_DATA)
		data_end(RUN_ARGUMENTS(c, w, dir));
}

/* gRPC-Web sends its trailers as a last message with the highest bit set, in a frame of their own by all we know. */
static __always_inline bool data_is_trailers(const struct frames *f, __u32 have)
{
	const __u8 *prefix = f->head + FRAMES_LIMIT_FRAME_HEAD;
	__u32 length = frame_length(f->head);

	return have == FRAMES_LIMIT_FRAME_HEAD + FRAMES_LIMIT_PREFIX_BYTES && !(f->head[4] & FRAME_PADDED) &&
	       prefix[0] & 0x80 && !prefix[1] && !prefix[2] &&
	       ((__u32)prefix[3] << 8 | prefix[4]) == length - FRAMES_LIMIT_PREFIX_BYTES;
}

/* The head of a frame is whole: what becomes of the rest. */
__attribute__((noinline)) int frame_begin(RUN_PARAMETERS)
{
	FIND_RUN(dir);
	struct stream *s;
	struct frames *f;
	__u32 have, stream;

	if (!c || !w)
		return 0;
	s = stream_of(c, dir);
	f = frames_of(c, dir);
	have = s->head;
	s->head = 0;
	if (frame_is_preface(f->head)) {
		http2_rest(s, f, have);
		return 0;
	}
	s->left = frame_length(f->head) - (have - FRAMES_LIMIT_FRAME_HEAD);
	s->phase = PHASE_SKIP;
	switch (f->head[3]) {
	case FRAME_DATA:
		if (!data_is_trailers(f, have))
			break;
		batch_data(w, f, 0);
		batch_head(w, f);
		__builtin_memcpy(batch_room(w, 0), f->head + FRAMES_LIMIT_FRAME_HEAD, FRAMES_LIMIT_PREFIX_BYTES);
		w->batched += FRAMES_LIMIT_PREFIX_BYTES;
		s->phase = PHASE_FRAME;
		break;
	case FRAME_RST_STREAM:
		__builtin_memcpy(&stream, f->head + 5, sizeof(stream));
		batch_data_opposite(w, frames_of(c, !(dir & 1)), stream);
		/* fall through */
	case FRAME_HEADERS:
	case FRAME_PUSH_PROMISE:
	case FRAME_GOAWAY:
	case FRAME_CONTINUATION:
		batch_data(w, f, 0);
		batch_head(w, f);
		s->phase = PHASE_FRAME;
	}
	if (!s->left)
		frame_end(c, w, s, f, dir);
	return 0;
}

/* Takes what the window has of a frame's head, of which `have` bytes are known. Returns how many are known now. */
static __always_inline __u32 frame_gather(struct work *w, struct frames *f, __u32 have)
{
	__u32 bytes = w->end - w->at, wanted = frame_wanted(f->head, have);

	if (have >= wanted)
		return have;
	if (bytes > wanted - have)
		bytes = wanted - have;
	barrier_var(bytes);
	barrier_var(have); /* old verifiers lose the bound that clang knows: let it keep the mask */
	if (bytes > FRAME_LIMIT_HEAD)
		return have;
	bpf_probe_read_kernel(&f->head[have & (FRAME_LIMIT_HEAD - 1)], bytes,
			      &w->window[(w->at - w->start) & (WINDOW_BYTES - 1)]);
	w->at += bytes;
	return have + bytes;
}

/* The first frame of a connection that asked to be upgraded is in hand. Returns 0 when it is none of HTTP/2. */
__attribute__((noinline)) int upgrade_begin(RUN_PARAMETERS)
{
	FIND_RUN(dir);
	struct frames *f;

	if (!c || !w)
		return 0;
	f = frames_of(c, dir);
	if (!frame_is_preface(f->head) && !frame_is_first(f->head)) {
		c->kind = CONN_KIND_OPAQUE; /* what asked for it is told when the connection ends */
		return 0;
	}
	upgrade_done(c, w->sock, w->now);
	c->is_upgrading = 0;
	count(COUNTER_CONN_HTTP2, 1);
	if (is_tracing)
		uncounted_begin(c, RX); /* the role is known */
	return 1;
}

/* Gathers the head of a frame from the window. */
static __always_inline void frame_head(struct conn *c, struct work *w, struct stream *s, struct frames *f, int dir)
{
	const __u8 *bytes = &w->window[(w->at - w->start) & (WINDOW_BYTES - 1)];
	__u32 have = s->head;

	if (!have && s->is_resync) {
		if (w->end - w->at < FRAMES_LIMIT_FRAME_HEAD || !frame_is_likely(bytes, true)) {
			w->at = w->length;
			return;
		}
		s->is_resync = 0;
	}
	if (!have && w->end - w->at >= FRAME_LIMIT_HEAD) {
		__builtin_memcpy(f->head, bytes, FRAME_LIMIT_HEAD);
		have = frame_wanted(f->head, FRAMES_LIMIT_FRAME_HEAD);
		w->at += have;
	} else {
		have = frame_gather(w, f, have);
		have = frame_gather(w, f, have); /* the first bytes tell how many there are */
	}
	s->head = have;
	if (c->is_upgrading && have >= FRAMES_LIMIT_FRAME_HEAD && !upgrade_begin(RUN_ARGUMENTS(c, w, dir)))
		return;
	if (have >= frame_wanted(f->head, have))
		frame_begin(RUN_ARGUMENTS(c, w, dir));
}

/* Copies what the window has of the frame in hand. */
static __always_inline void frame_copy(struct conn *c, struct work *w, struct stream *s, struct frames *f, int dir)
{
	__u32 bytes = w->end - w->at, room = FRAMES_LIMIT_DATA_BYTES - w->batched;
	__u8 *to = batch_room(w, s->left);

	if (bytes > s->left)
		bytes = s->left;
	if (bytes > room)
		bytes = room;
	barrier_var(bytes);
	if (bytes > WINDOW_BYTES)
		return;
	bpf_probe_read_kernel(to, bytes, &w->window[(w->at - w->start) & (WINDOW_BYTES - 1)]);
	w->batched += bytes;
	w->at += bytes;
	s->left -= bytes;
	if (!s->left)
		frame_end(c, w, s, f, dir);
}

/* `bytes` of the frame in hand pass by unread. */
static __always_inline void frame_skip(struct conn *c, struct work *w, struct stream *s, struct frames *f, __u64 bytes,
				       int dir)
{
	s->left -= bytes;
	if (!s->left)
		frame_end(c, w, s, f, dir);
}

/* One step through the run of direction `dir`, as http_step. */
__attribute__((noinline)) int http2_step(RUN_PARAMETERS)
{
	FIND_RUN(dir);
	struct stream *s;
	struct frames *f;
	__u32 rest;

	if (!c || !w || w->at >= w->length)
		return WALK_DONE;
	s = stream_of(c, dir);
	f = frames_of(c, dir);
	if (w->batched > FRAMES_LIMIT_DATA_BYTES - BATCH_LIMIT_STEP)
		batch_send(RUN_ARGUMENTS(c, w, dir));
	rest = w->length - w->at;
	if (s->phase == PHASE_SKIP) {
		__u64 bytes = s->left < rest ? s->left : rest;

		w->at += bytes;
		frame_skip(c, w, s, f, bytes, dir);
	} else if (w->at >= w->end) {
		return WALK_FILL;
	} else if (s->phase == PHASE_FRAME) {
		frame_copy(c, w, s, f, dir);
	} else {
		frame_head(c, w, s, f, dir);
	}
	if (w->at < w->length && c->kind == CONN_KIND_HTTP2)
		return WALK_MORE;
	batch_send(RUN_ARGUMENTS(c, w, dir));
	return WALK_DONE;
}

/* As http_gap. */
static __always_inline void http2_gap(struct conn *c, struct work *w, struct stream *s, __u32 bytes, int dir)
{
	struct frames *f = frames_of(c, dir);

	if (s->phase == PHASE_SKIP && bytes <= s->left)
		frame_skip(c, w, s, f, bytes, dir);
	else
		http2_lost(s, f);
}

/* The connection is over. From the stack: what ends a connection may come between the steps of a run. */
static __always_inline void http2_close(const struct conn *c, __u8 outcome, __u64 now)
{
	struct {
		__u8 head[__builtin_offsetof(struct frames_event, data)];
		__u8 received[BATCH_DATA_BYTES];
		__u8 sent[BATCH_DATA_BYTES];
	} __attribute__((aligned(8))) record = {};
	struct frames_event *e = (void *)&record;

	if (!c->frames[RX].records && !c->frames[TX].records)
		return;
	batch_describe(e, c, now);
	e->flags |= FRAMES_FLAG_CLOSED;
	e->outcome = outcome;
	if (c->frames[RX].is_data)
		data_describe(record.received, &c->frames[RX], FRAMES_TYPE_PASSED, 0);
	if (c->frames[TX].is_data)
		data_describe(record.sent, &c->frames[TX], FRAMES_TYPE_PASSED_OPPOSITE, 0);
	if (ring_send(&record, sizeof(record)))
		count(COUNTER_LOST_FRAMES, 1);
}

#endif
