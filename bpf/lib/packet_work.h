/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The run in hand of programs on packets. A packet that comes in interrupts a process that sends one; what it sets off sends others,
 * and the kernel may put the process aside for one that sends, too: each takes a place of its own.
 */
#ifndef LIB_PACKET_WORK_H
#define LIB_PACKET_WORK_H

#include "lib/count.h"
#include "lib/run_arguments.h"

/* By run: how many want the place. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, WORK_LIMIT_RUNS);
	__type(key, __u32);
	__type(value, __u64);
} packet_places SEC(".maps");

/*
 * Takes a place; `wanted` is what packet_work_give needs. NULL when all are taken. Adding is the one atomic instruction that kernels
 * before 5.12 know: whoever then finds itself alone has the place.
 */
static __always_inline struct work *packet_work_take(__u64 **wanted, int dir)
{
	struct work *w;
	__u32 i, index;

	for (i = 0; i < WORK_LIMIT_RUNS / 2; i++) {
		index = 2 * i + dir;
		*wanted = bpf_map_lookup_elem(&packet_places, &index);
		w = bpf_map_lookup_elem(&work, &index);
		if (!*wanted || !w)
			break;
		__sync_fetch_and_add(*wanted, 1);
		if (*(volatile __u64 *)*wanted == 1) {
			w->place = i;
			return w;
		}
		__sync_fetch_and_add(*wanted, -1);
	}
	count(COUNTER_LOST_PACKET_BUSY, 1);
	return NULL;
}

static __always_inline void packet_work_give(__u64 *wanted)
{
	__sync_fetch_and_add(wanted, -1);
}

#endif
