/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MAPS_COUNTERS_H
#define MAPS_COUNTERS_H

#include "kernel.h"
#include "abi.h"

/* What was seen and why something is missing, by enum counter. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, COUNTER_MAX);
	__type(key, __u32);
	__type(value, __u64);
} counters SEC(".maps");

#endif
