/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The run of plaintext in hand. Programs on probes of libraries may be put aside for another task on the same CPU, which then runs the
 * same programs: each takes a place of its own. Kernels that have no atomic exchange (before 5.12) do not put them aside.
 */
#ifndef LIB_PLAIN_WORK_H
#define LIB_PLAIN_WORK_H

#include "lib/count.h"
#include "lib/run_arguments.h"

#ifdef CAN_PASS_MEMORY
enum plain_limit { PLAIN_LIMIT_PLACES = 4 };

/* By place and direction, like the entries of `work`: whether it is taken. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 2 * PLAIN_LIMIT_PLACES);
	__type(key, __u32);
	__type(value, __u32);
} plain_taken SEC(".maps");

/* Takes a place; `taken` is what plain_work_give needs. NULL when all are taken. */
static __always_inline struct work *plain_work_take(__u32 **taken, int dir)
{
	__u32 i, index;

	for (i = 0; i < PLAIN_LIMIT_PLACES; i++) {
		index = 2 * i + dir;
		*taken = bpf_map_lookup_elem(&plain_taken, &index);
		if (*taken && !__sync_lock_test_and_set(*taken, 1))
			return bpf_map_lookup_elem(&work, &index);
	}
	count(COUNTER_LOST_TLS_BUSY, 1);
	return NULL;
}

static __always_inline void plain_work_give(__u32 *taken)
{
	*taken = 0;
}
#else
static __always_inline struct work *plain_work_take(__u32 **taken, int dir)
{
	return work_of(dir);
}

static __always_inline void plain_work_give(__u32 *taken)
{
}
#endif

#endif
