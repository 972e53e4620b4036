/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MAPS_WAITING_H
#define MAPS_WAITING_H

#include "kernel.h"
#include "abi.h"

struct waiting_key {
	__u64 sock;
	__u32 index;
	__u32 reserved;
};

/* Pipelined requests that wait behind the one in conn.slot; its head is kept with the same slack. */
struct waiting_request {
	struct http_event event;
	__u8 slack[HTTP_LIMIT_HEAD_BYTES];
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 16384);
	__type(key, struct waiting_key);
	__type(value, struct waiting_request);
} waiting SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct waiting_request);
} blank_waiting SEC(".maps");

#endif
