/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MAPS_TLS_THREADS_H
#define MAPS_TLS_THREADS_H

#include "kernel.h"

/* What a thread does with TLS: the library call that it is in, and the encrypted connection that it met last. */
struct tls_thread {
	__u64 session;	/* of the call: address of the library's own connection; 0 = in no call */
	__u64 buffer;	/* where its plaintext is */
	__u64 count_at; /* where the call puts how many bytes it moved; 0 = it returns that */
	__u64 enter_ns;
	__u64 sock;	/* met: key of a connection of TCP that carries TLS */
	__u64 met_id;	/* and its conn.id */
	__u8 is_met;	/* since the last call began */
	__u8 is_inside; /* during the call */
	__u8 reserved[6];
};

/* By thread. Nobody takes an entry out: those of threads that are gone make room for new ones. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 8192);
	__type(key, __u64);
	__type(value, struct tls_thread);
} tls_threads SEC(".maps");

#endif
