/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MAPS_PORT_HOLDERS_H
#define MAPS_PORT_HOLDERS_H

#include "../kernel.h"

/*
 * Processes that listen on a wanted port for somebody else (systemd's socket units): not captured
 * themselves, but whatever they fork or become may serve that port without ever calling listen. By
 * host pid; the value means nothing.
 */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 4096);
	__type(key, __u32);
	__type(value, __u32);
} port_holders SEC(".maps");

#endif
