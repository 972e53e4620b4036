/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MAPS_TLS_PROCESSES_H
#define MAPS_TLS_PROCESSES_H

#include "kernel.h"
#include "abi.h"

/* By host pid: how much of the TLS of a captured process is seen. User space takes out those that are gone. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 16384);
	__type(key, __u32);
	__type(value, struct tls_process);
} tls_processes SEC(".maps");

#endif
