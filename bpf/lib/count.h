/* SPDX-License-Identifier: GPL-2.0 */
#ifndef LIB_COUNT_H
#define LIB_COUNT_H

#include "maps/counters.h"

static __always_inline void count(__u32 counter, __u64 n)
{
	__u64 *value = bpf_map_lookup_elem(&counters, &counter);

	if (value)
		*value += n;
}

#endif
