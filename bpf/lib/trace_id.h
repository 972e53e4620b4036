/* SPDX-License-Identifier: GPL-2.0 */
/* New ids. */
#ifndef LIB_TRACE_ID_H
#define LIB_TRACE_ID_H

#include "kernel.h"

/* Secret random numbers of the agent's. */
const volatile __u64 trace_seed[2];

/* The end of SplitMix64: each number has one image, and neighbours have nothing in common. */
static __always_inline __u64 trace_mix(__u64 x)
{
	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9ULL;
	x = (x ^ x >> 27) * 0x94d049bb133111ebULL;
	return x ^ x >> 31;
}

/* No CPU calls this twice within a nanosecond, so that no number comes twice from one host and seed. Never 0. */
static __always_inline __u64 trace_unique(__u64 seed)
{
	__u64 moment = bpf_ktime_get_ns() << 8 | (bpf_get_smp_processor_id() & 0xff);

	return trace_mix(moment ^ seed) ?: 1;
}

static __always_inline __u64 trace_random(void)
{
	return ((__u64)bpf_get_prandom_u32() << 32 | bpf_get_prandom_u32()) ^ trace_seed[1];
}

#endif
