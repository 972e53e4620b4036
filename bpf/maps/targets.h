/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MAPS_TARGETS_H
#define MAPS_TARGETS_H

#include "../abi.h"
#include "../kernel.h"

/* The processes that are captured, by host pid of the thread group. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 16384);
	__type(key, __u32);
	__type(value, struct target);
} targets SEC(".maps");

#endif
