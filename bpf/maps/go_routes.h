/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MAPS_GO_ROUTES_H
#define MAPS_GO_ROUTES_H

#include "kernel.h"
#include "abi.h"
#include "maps/goroutines.h"

struct go_route {
	__u8 text[GO_LIMIT_ROUTE_BYTES]; /* zeros behind its end */
};

/* The routes of all processes, and the number of each: records say that instead of the text. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 16384);
	__type(key, struct go_route);
	__type(value, __u32);
} go_routes SEC(".maps");

enum go_route_limit { GO_ROUTE_CPU_BITS = 13 }; /* NR_CPUS is 8192 at most */

/* How many numbers the CPU has given away. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} go_route_count SEC(".maps");

/* The context in which a goroutine has a router look for a route. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 16384);
	__type(key, struct goroutine_key);
	__type(value, __u64);
} go_lookups SEC(".maps");

#endif
