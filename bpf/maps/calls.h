/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MAPS_CALLS_H
#define MAPS_CALLS_H

#include "kernel.h"

enum memory { MEMORY_NONE = 0, MEMORY_BUFFER = 1, MEMORY_IOVEC = 2, MEMORY_USER_IOVEC = 3 };

enum call_limit { CALL_LIMIT_BYTES = 0x7ffff000 }; /* the kernel moves no more in one: MAX_RW_COUNT */

/* A call on a socket that a thread is in: what its end needs of its beginning. */
struct call {
	__u64 sock;
	__u64 memory;	   /* address of the buffer or of the first iovec */
	__u64 iter;	   /* the kernel's description of that memory, where the backend knows it */
	__u64 arrival_ns;  /* what the call will receive waited at its beginning, and since then; 0 = nothing did */
	__u32 offset;	   /* into the first iovec */
	__u32 length;	   /* bytes that the process wants to send, or has room for */
	__u32 segments;	   /* iovecs */
	__u32 kind;	   /* enum memory */
	__u32 receive_seq; /* at the beginning: sequence number of the first unread byte */
	__u32 send_seq;	   /* and of the first byte to be sent */
};

/* By thread. Where the ends of calls may pass unseen, the oldest make room. */
struct {
#ifdef ENDS_PASS_UNSEEN
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
#else
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
#endif
	__uint(max_entries, 16384);
	__type(key, __u64);
	__type(value, struct call);
} calls SEC(".maps");

#endif
