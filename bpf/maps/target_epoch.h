/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MAPS_TARGET_EPOCH_H
#define MAPS_TARGET_EPOCH_H

#include "../kernel.h"

/* One number, moved on by user space whenever it stops capturing a living process: what was concluded from `targets` before is void. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} target_epoch SEC(".maps");

#endif
