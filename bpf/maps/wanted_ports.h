/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MAPS_WANTED_PORTS_H
#define MAPS_WANTED_PORTS_H

#include "../kernel.h"

/* A bit for each of the 65536 ports: whoever listens on one that is set gets judged. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1024);
	__type(key, __u32);
	__type(value, __u64);
} wanted_ports SEC(".maps");

#endif
