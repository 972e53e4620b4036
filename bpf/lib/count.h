/* SPDX-License-Identifier: GPL-2.0 */
#ifndef LIB_COUNT_H
#define LIB_COUNT_H

#include "maps/counters.h"

/* Global, and not inlined in its many places: the time a kernel takes to load a program grows with the square of its size. */
__attribute__((noinline)) int count(__u32 counter, __u64 n)
{
	__u64 *value = bpf_map_lookup_elem(&counters, &counter);

	if (value)
		*value += n;
	return 0;
}

#endif
