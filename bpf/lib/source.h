/* SPDX-License-Identifier: GPL-2.0 */
/* Where the bytes of a run lie, when they lie in the memory of the process: one buffer, or a list of iovecs. */
#ifndef LIB_SOURCE_H
#define LIB_SOURCE_H

#include "lib/http_run.h"

/* The longest walk through one run, in stretches: see enum scan_limit. */
enum source_limit { SOURCE_LIMIT_STRETCHES = 64, SOURCE_STRETCH_STEPS = 32 };

static __always_inline void source_buffer(struct work *w, __u64 base)
{
	w->segments = 0;
	w->segment_base = base;
	w->segment_start = 0;
	w->segment_end = w->length;
}

static __always_inline long iovec_read(struct iovec *iov, __u64 address, bool is_user)
{
	return is_user ? bpf_probe_read_user(iov, sizeof(*iov), (void *)address)
		       : bpf_probe_read_kernel(iov, sizeof(*iov), (void *)address);
}

/* `iov`: address of `count` iovecs, the first of which begins at `offset`. Kernel address unless is_user. */
static __always_inline void source_iovec(struct work *w, __u64 iov, __u64 offset, __u64 count, bool is_user)
{
	struct iovec first = {};

	iovec_read(&first, iov, is_user);
	w->is_user_iov = is_user;
	w->segments = count - 1;
	w->next_iov = iov + sizeof(first);
	w->segment_base = (__u64)first.iov_base + offset;
	w->segment_start = 0;
	w->segment_end = first.iov_len - offset;
}

/*
 * Fills the window with the next bytes. Returns 0 when it did, or when the present segment was used up and the next one is in
 * hand now; a negative number when there are no bytes to be had. Global, so that the verifier looks at it once.
 */
__attribute__((noinline)) int source_fill(WORK_PARAMETER)
{
	FIND_WORK(dir);
	__u32 at, bytes;

	if (!w)
		return -1;
	at = w->at;
	if (at >= w->segment_end) {
		struct iovec iov = {};

		if (w->segments == 0 || iovec_read(&iov, w->next_iov, w->is_user_iov))
			return -1;
		w->segments--;
		w->next_iov += sizeof(iov);
		w->segment_base = (__u64)iov.iov_base;
		w->segment_start = w->segment_end;
		w->segment_end += iov.iov_len;
		return 0;
	}
	if (!w->segment_base)
		return -1;
	bytes = w->segment_end - at;
	if (bytes > w->length - at)
		bytes = w->length - at;
	if (bytes > WINDOW_BYTES)
		bytes = WINDOW_BYTES;
	barrier_var(bytes);
	if (bytes > WINDOW_BYTES)
		return -1;
	if (bpf_probe_read_user(w->window, bytes, (void *)(w->segment_base + at - w->segment_start))) {
		count(COUNTER_LOST_FAULT, 1);
		return -1;
	}
	w->start = at;
	w->end = at + bytes;
	return 0;
}

/* Steps, and the bytes they ask for. Returns an enum walk, or a negative number when there are no bytes to be had. */
__attribute__((noinline)) int source_stretch(RUN_PARAMETERS)
{
	int walk = WALK_MORE;
	__u32 i;

	for (i = 0; i < SOURCE_STRETCH_STEPS && walk > 0; i++) {
		walk = http_step(SAME_RUN);
		if (is_tracing)
			trace_due(SAME_WORK);
		if (walk == WALK_FILL)
			walk = source_fill(SAME_WORK) ?: WALK_MORE;
	}
	return walk;
}

/* Walks the run in hand, whose bytes lie as source_buffer or source_iovec said. */
static __always_inline void source_walk(struct conn *c, struct work *w, int dir)
{
	int walk = WALK_MORE;
	__u32 i;

	for (i = 0; i < SOURCE_LIMIT_STRETCHES && walk > 0; i++)
		walk = source_stretch(RUN_ARGUMENTS(c, w, dir));
	if (walk)
		run_lost(c, w, dir, walk < 0 ? COUNTER_LOST_UNREADABLE : COUNTER_LOST_LONG_RUN);
}

#endif
