/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MAPS_TLS_SESSIONS_H
#define MAPS_TLS_SESSIONS_H

#include "kernel.h"

/* Which connection a TLS library's own one belongs to. What is pushed out is learnt again. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 32768);
	__type(key, struct tls_session_key);
	__type(value, struct tls_session);
} tls_sessions SEC(".maps");

/* When probes were last put into a library: in connections that are older the plaintext may begin in the midst of a message. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} tls_since SEC(".maps");

#endif
