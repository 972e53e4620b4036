/* SPDX-License-Identifier: GPL-2.0 */
/* Which request a callback of an event loop is about: see lib/turn.h. */
#ifndef MAPS_TURNS_H
#define MAPS_TURNS_H

#include "kernel.h"

/* A request that a process is serving. */
struct request_ref {
	__u64 sock; /* 0 = none */
	__u64 connection;
	__u32 index;
	__u32 reserved;
};

/* By thread: its latest read from a socket, and the request that began with it. */
struct turn {
	__u64 frame; /* of the function that reads, and calls back what was read; 0 = not known */
	__u64 back;  /* the address that it returns to */
	struct request_ref request;
	__u32 requests; /* that began with it */
	__u32 reserved;
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 4096);
	__type(key, __u64);
	__type(value, struct turn);
} turns SEC(".maps");

/* By the address of their struct sock: the request in whose turn a connection was begun, and until its first request. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 16384);
	__type(key, __u64);
	__type(value, struct request_ref);
} connecting SEC(".maps");

#endif
