/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MAPS_TRACES_H
#define MAPS_TRACES_H

#include "kernel.h"
#include "abi.h"

/* What user space says of a process: by host pid. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 16384);
	__type(key, __u32);
	__type(value, struct trace_policy);
} trace_policies SEC(".maps");

/*
 * The requests that a process has read and not answered. Of a single one the sums are the names. Adding is the one atomic
 * instruction that kernels before 5.12 know.
 */
struct serving {
	__u64 socks; /* all of them, added up */
	__u32 indexes;
	__u32 count;
	__u64 since_ns;	 /* the first that was seen */
	__u64 unsure_ns; /* when something was last seen that makes the process act, and is not counted here */
	__u32 uncounted; /* open connections through which others ask it for what is not counted here */
	__u32 reserved;
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 16384);
	__type(key, __u32);
	__type(value, struct serving);
} serving SEC(".maps");

/* The latest request that a thread has read. */
struct reading {
	__u64 sock;
	__u64 connection;
	__u32 index;
	__u8 is_blocking; /* the thread can wait for one connection only */
	__u8 is_shared;	  /* it was seen to have two requests at once */
	__u8 reserved[2];
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 65536);
	__type(key, __u64);
	__type(value, struct reading);
} reading SEC(".maps");

/* What was called while nothing was served: the process does so of its own accord. */
struct alone_key {
	__u32 pid;
	__u16 port;
	__u16 reserved;
	__u8 address[16];
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 16384);
	__type(key, struct alone_key);
	__type(value, __u64); /* when last */
} alone SEC(".maps");

/* Requests being served, by an id of their traceparent header: the caller's span, or the second half of the trace. */
struct carried_key {
	__u32 pid;
	__u32 reserved;
	__u64 id;
};

struct carried {
	struct trace_context trace;
	__u64 count; /* requests with this id: more than one are told apart by nothing */
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 16384);
	__type(key, struct carried_key);
	__type(value, struct carried);
} carried SEC(".maps");

/* Requests that captured processes sent, by what does not change on the way to another process of the host. */
struct sent_key {
	__u32 seq;  /* TCP sequence number of the first byte */
	__u16 port; /* of the client */
	__u16 reserved;
};

struct sent {
	struct trace_context trace;
	__u64 ns;
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 16384);
	__type(key, struct sent_key);
	__type(value, struct sent);
} sent SEC(".maps");

#endif
