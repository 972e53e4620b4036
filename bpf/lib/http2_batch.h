/* SPDX-License-Identifier: GPL-2.0 */
/* The record in which the frames of a run travel to user space. */
#ifndef LIB_HTTP2_BATCH_H
#define LIB_HTTP2_BATCH_H

#include "lib/count.h"
#include "lib/http2_frame.h"
#include "lib/ring.h"
#include "lib/run_arguments.h"

enum batch_limit {
	BATCH_LIMIT_STEP = 64, /* a step adds no more besides the payload that fits */
	BATCH_DATA_BYTES = FRAMES_LIMIT_FRAME_HEAD + FRAMES_LIMIT_PREFIX_BYTES,
};

static __always_inline void batch_describe(struct frames_event *e, const struct conn *c, __u64 now)
{
	e->kind = EVENT_KIND_FRAMES;
	e->role = c->role;
	e->pid = c->pid;
	e->connection = c->id;
	e->flags = c->is_old ? FRAMES_FLAG_OLD_CONNECTION : 0;
	e->family = c->slot.family; /* the slot keeps the addresses */
	e->local_port = c->slot.local_port;
	e->remote_port = c->slot.remote_port;
	__builtin_memcpy(e->local, c->slot.local, sizeof(e->local));
	__builtin_memcpy(e->remote, c->slot.remote, sizeof(e->remote));
	e->arrival_ns = c->arrival_ns;
	e->now_ns = now;
}

/* Sends what has gathered. Global, so that the verifier looks at it once. */
__attribute__((noinline)) int batch_send(RUN_PARAMETERS)
{
	FIND_RUN(dir);
	struct frames *f;
	__u32 bytes;

	if (!c || !w || !w->batched)
		return 0;
	f = frames_of(c, dir);
	batch_describe(&w->batch, c, w->now);
	w->batch.direction = dir & 1;
	w->batch.index = f->records++;
	bytes = w->batched;
	w->batched = 0;
	if (bytes > FRAMES_LIMIT_DATA_BYTES)
		bytes = FRAMES_LIMIT_DATA_BYTES;
	if (ring_send(&w->batch, __builtin_offsetof(struct frames_event, data) + bytes))
		count(COUNTER_LOST_FRAMES, 1);
	return 0;
}

/* Room for the next bytes, `continued` as in struct frames_event. */
static __always_inline __u8 *batch_room(struct work *w, __u32 continued)
{
	if (!w->batched)
		w->batch.continued = continued;
	return &w->batch.data[w->batched & (FRAMES_LIMIT_DATA_BYTES - 1)];
}

static __always_inline void batch_head(struct work *w, const struct frames *f)
{
	__builtin_memcpy(batch_room(w, 0), f->head, FRAMES_LIMIT_FRAME_HEAD);
	w->batched += FRAMES_LIMIT_FRAME_HEAD;
}

/* BATCH_DATA_BYTES that tell of the DATA in hand. */
static __always_inline void data_describe(__u8 *to, const struct frames *f, __u8 type, __u8 flags)
{
	to[0] = f->data_bytes >> 16;
	to[1] = f->data_bytes >> 8;
	to[2] = f->data_bytes;
	to[3] = type;
	to[4] = flags;
	__builtin_memcpy(to + 5, &f->data_stream, sizeof(f->data_stream));
	__builtin_memcpy(to + FRAMES_LIMIT_FRAME_HEAD, f->data_prefix, FRAMES_LIMIT_PREFIX_BYTES);
}

/* Tells of the DATA that passed on one stream. */
static __always_inline void batch_data(struct work *w, struct frames *f, __u8 flags)
{
	if (!f->is_data)
		return;
	data_describe(batch_room(w, 0), f, FRAMES_TYPE_PASSED, flags);
	w->batched += BATCH_DATA_BYTES;
	f->is_data = 0;
}

/*
 * The stream ends in this direction: tells of its DATA in the other one, of which it may be the last. It stays in hand there, for
 * another program may have it in hand too.
 */
static __always_inline void batch_data_opposite(struct work *w, const struct frames *opposite, __u32 stream)
{
	if (!opposite->is_data || opposite->data_stream != stream)
		return;
	data_describe(batch_room(w, 0), opposite, FRAMES_TYPE_PASSED_OPPOSITE, 0);
	w->batched += BATCH_DATA_BYTES;
}

#endif
