/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MAPS_PROCESS_WATCH_H
#define MAPS_PROCESS_WATCH_H

#include "../abi.h"
#include "../kernel.h"

/* One value, written by user space before the programs are attached and again when the selection
 * changes. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct process_watch);
} process_watch SEC(".maps");

#endif
