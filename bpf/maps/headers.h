/* SPDX-License-Identifier: GPL-2.0 */
/* What passes from the capture programs, who know requests, to bpf/context_headers.bpf.c, which writes into what is sent. */
#ifndef MAPS_HEADERS_H
#define MAPS_HEADERS_H

#include "kernel.h"
#include "abi.h"

/* By the address of their struct sock: requests about to leave without a header of their own. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 16384);
	__type(key, __u64);
	__type(value, struct header_context);
} headers_out SEC(".maps");

#endif
