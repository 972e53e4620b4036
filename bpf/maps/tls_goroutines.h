/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MAPS_TLS_GOROUTINES_H
#define MAPS_TLS_GOROUTINES_H

#include "kernel.h"

struct tls_goroutine_key {
	__u64 goroutine; /* address of its struct g */
	__u32 pid;
	__u32 reserved;
};

/* A Read of crypto/tls that a goroutine is in. */
struct tls_goroutine {
	__u64 session;
	__u64 buffer;
	__u64 enter_ns;
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 16384);
	__type(key, struct tls_goroutine_key);
	__type(value, struct tls_goroutine);
} tls_goroutines SEC(".maps");

#endif
