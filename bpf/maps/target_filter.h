/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MAPS_TARGET_FILTER_H
#define MAPS_TARGET_FILTER_H

#include "kernel.h"
#include "abi.h"

/*
 * By the lower 16 bits of a host pid: whether such a process has ever been captured. A look into an array costs a tenth of one
 * into a hash, and it is what every call of every other process pays. Slots are set and never cleared.
 */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, TARGET_LIMIT_FILTER_SLOTS);
	__type(key, __u32);
	__type(value, __u8);
} target_filter SEC(".maps");

#endif
