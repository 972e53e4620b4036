/* SPDX-License-Identifier: GPL-2.0 */
/* What passes between the capture programs, who know requests, and bpf/context_tcp.bpf.c, which knows segments. */
#ifndef MAPS_OPTIONS_H
#define MAPS_OPTIONS_H

#include "kernel.h"

/* The context of the request that begins at `seq`. */
struct option_context {
	__u64 id[2];
	__u64 span; /* of the caller */
	__u32 seq;
	__u8 flags;
	__u8 is_over; /* written, or read: not to be used again */
	__u8 reserved[2];
};

/* By the address of their struct sock: requests about to leave, and the latest one that came with a context. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 16384);
	__type(key, __u64);
	__type(value, struct option_context);
} options_out SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 16384);
	__type(key, __u64);
	__type(value, struct option_context);
} options_in SEC(".maps");

#endif
