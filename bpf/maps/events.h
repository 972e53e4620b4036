/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MAPS_EVENTS_H
#define MAPS_EVENTS_H

#include "kernel.h"

/* Records for decode/: each begins with an enum event_kind. */
struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4 << 20);
} events SEC(".maps");

#endif
