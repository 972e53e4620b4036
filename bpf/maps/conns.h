/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MAPS_CONNS_H
#define MAPS_CONNS_H

#include "kernel.h"
#include "lib/conn.h"

/* A plaintext connection has the key of the socket that it came through, made odd: sockets lie at even addresses. */
enum tls_key { TLS_KEY_PLAIN = 1 };

/*
 * Connections of captured processes by the address of their struct sock. An entry is made at the first bytes and removed
 * when the socket closes. Kernels before 6.1 have it preallocated, see src/kernel/preallocated.ts.
 */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 65536);
	__type(key, __u64);
	__type(value, struct conn);
} conns SEC(".maps");

/* One zeroed entry: new connections are made from it, they are too large for the stack. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct conn);
} blank_conn SEC(".maps");

#endif
