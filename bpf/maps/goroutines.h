/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MAPS_GOROUTINES_H
#define MAPS_GOROUTINES_H

#include "kernel.h"
#include "abi.h"

/* What user space says of programs in Go: by host pid. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 16384);
	__type(key, __u32);
	__type(value, struct go_process);
} go_processes SEC(".maps");

struct goroutine_key {
	__u64 goid; /* never given twice by a process */
	__u32 pid;
	__u32 reserved;
};

/* The request that a goroutine serves, or that was served by whoever began it. */
struct goroutine {
	__u64 sock;
	__u64 connection;
	__u32 index;
	__u32 stream; /* of HTTP/2, then there is no index; else 0 */
};

struct goroutine_slot {
	struct goroutine_key key;
	struct goroutine serving;
};

enum goroutine_limit { GOROUTINE_LIMIT_SLOTS = 131072 }; /* a power of 2 */

/*
 * By goroutine_slot(). Numbers are given in sequence, so that a goroutine's slot is its own until so many younger ones began, and those
 * of one moment are neighbours in memory: a table by hash costs three cache misses more a request.
 */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, GOROUTINE_LIMIT_SLOTS);
	__type(key, __u32);
	__type(value, struct goroutine_slot);
} goroutines SEC(".maps");

/* By address of the socket: the goroutine that asks through it now, where another one writes for it. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 16384);
	__type(key, __u64);
	__type(value, struct goroutine_key);
} go_calls SEC(".maps");

#endif
