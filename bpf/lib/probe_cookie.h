/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which of its probes a program runs for: the number (cookie) that the probe was attached with. Linux before 5.15 keeps none. There
 * each number has an entry of its own at its probes (probe_entry.bpf.c), which leaves it here and goes on to the program, on the same
 * CPU and with nothing in between: such kernels do not preempt programs on probes. An object for them defines IS_ENTERED.
 */
#ifndef LIB_PROBE_COOKIE_H
#define LIB_PROBE_COOKIE_H

#include "kernel.h"

#ifdef IS_ENTERED
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} entered_cookie SEC(".maps");

static __always_inline __u64 *entered_cookie_of_cpu(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&entered_cookie, &zero);
}

static __always_inline __u64 probe_cookie(struct pt_regs *ctx)
{
	__u64 *cookie = entered_cookie_of_cpu();

	return cookie ? *cookie : 0;
}
#else
#define CAN_PASS_MEMORY /* see lib/sock.h */

static __always_inline __u64 probe_cookie(struct pt_regs *ctx)
{
	return bpf_get_attach_cookie(ctx);
}
#endif

#endif
