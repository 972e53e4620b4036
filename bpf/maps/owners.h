/* SPDX-License-Identifier: GPL-2.0 */
/* Whose a socket is, where packets are seen and not the processes that they are for. */
#ifndef MAPS_OWNERS_H
#define MAPS_OWNERS_H

#include "kernel.h"
#include "abi.h"

/* By ports: written when a process begins to listen, and by user space for what was there before. The value is a host pid. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 65536);
	__type(key, struct owner_key);
	__type(value, __u32);
} owners SEC(".maps");

/* By the address of their struct sock: connections that a captured process has begun, until their first packet. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 16384);
	__type(key, __u64);
	__type(value, __u32);
} callers SEC(".maps");

#endif
