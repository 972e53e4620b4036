/* SPDX-License-Identifier: GPL-2.0 */
/* The state table at work. */
#ifndef LIB_HTTP_SCAN_H
#define LIB_HTTP_SCAN_H

#include "lib/conn.h"
#include "lib/http_leap.h"
#include "lib/http_states.h"
#include "lib/run_arguments.h"

/* What entering a state marked with ACT does to the numbers being read. */
struct http_effect {
	__u8 length_factor;
	__u8 is_length;
	__u8 status_factor;
	__u8 is_status;
	__u8 flags;
	__u8 mark; /* which place this is */
	__u8 reserved[2];
};

static const struct http_effect http_effects[HS_MAX] = {
	[HS_LINE_END] = { 1, 0, 1, 0, STREAM_LINE, MARK_LINE_END, {} },
	[HS_STATUS_1] = { 1, 0, 10, 1, STREAM_RESPONSE, 0, {} },
	[HS_STATUS_2] = { 1, 0, 10, 1, STREAM_RESPONSE, 0, {} },
	[HS_STATUS_3] = { 1, 0, 10, 1, STREAM_RESPONSE, 0, {} },
	[HS_LENGTH_VALUE] = { 0, 0, 1, 0, 0, 0, {} },
	[HS_LENGTH_DIGIT] = { 10, 1, 1, 0, STREAM_LENGTH, 0, {} },
	[HS_CHUNKED] = { 1, 0, 1, 0, STREAM_CHUNKED, 0, {} },
	[HS_EXPECT] = { 1, 0, 1, 0, STREAM_EXPECT, 0, {} },
	[HS_GRPC_WEB] = { 1, 0, 1, 0, STREAM_GRPC_WEB, 0, {} },
	[HS_PARENT_BLANK] = { 1, 0, 1, 0, 0, MARK_VALUE, {} },
	[HS_TSTATE_BLANK] = { 1, 0, 1, 0, 0, MARK_VALUE, {} },
	[HS_CHUNK_DIGIT] = { 16, 1, 1, 0, 0, 0, {} },
};

/* The window's next eight bytes; the caller has seen that there are as many. */
static __always_inline __u64 scan_word(const struct work *w, __u32 at)
{
	return *(const __u64 *)&w->window[at & (WINDOW_BYTES - 1)];
}

/* The verifier walks through each turn of a loop: a loop of loops costs it the sum of their turns instead of the product. */
enum scan_limit { SCAN_PART_TURNS = 8 };

/*
 * Runs the state table over a part of the window. Returns the state in which it stopped, one of HS_STOP…, or 0. All but three
 * values live in memory, and two of those are mixed with a number that the verifier does not know: it would follow every
 * combination of what it knows of registers.
 */
__attribute__((noinline)) int http_scan_part(WORK_PARAMETER)
{
	FIND_WORK(dir);
	__u32 i, at, end, nothing;
	struct scan *scan;
	__u8 state;

	if (!w)
		return 0;
	scan = &w->scan;
	at = scan->at;
	end = scan->end;
	state = scan->state;
	nothing = *(volatile __u32 *)&scan->nothing;
	if (state == HS_START && at + LEAP_BYTES <= end)
		at += leap(&state, scan_word(w, at));
	for (i = 0; i < SCAN_PART_TURNS; i++) {
		const struct http_effect *effect;
		__u8 byte, next, digit;

		at ^= nothing;
		state ^= nothing;
		if (at >= end)
			break;
		byte = w->window[at & (WINDOW_BYTES - 1)];
		at++;
		next = http_states[state & (HS_MAX - 1)][byte];
		state = next & ~ACT;
		if (!(next & ACT)) {
			if (at + LEAP_BYTES <= end)
				at += leap(&state, scan_word(w, at));
			continue;
		}
		if (state >= HS_STOP) {
			scan->at = at;
			scan->state = state;
			return state;
		}
		/* Value of a decimal or hexadecimal digit; nonsense for other bytes, which the table multiplies away. */
		digit = (byte & 0xf) + 9 * (byte >> 6);
		effect = &http_effects[state & (HS_MAX - 1)];
		scan->length = scan->length * effect->length_factor + digit * effect->is_length;
		scan->status = scan->status * effect->status_factor + digit * effect->is_status;
		scan->flags |= effect->flags;
		scan->marks[effect->mark & (MARK_MAX - 1)] = at;
	}
	scan->at = at;
	scan->state = state;
	return 0;
}

/* The same for the whole window, up to its end. */
__attribute__((noinline)) int http_scan(WORK_PARAMETER)
{
	FIND_WORK(dir);
	int stop = 0;
	__u32 i;

	for (i = 0; w && i < WINDOW_BYTES / SCAN_PART_TURNS && !stop && w->scan.at < w->scan.end; i++)
		stop = http_scan_part(WORK_ARGUMENT(w, dir));
	return stop;
}

#endif
