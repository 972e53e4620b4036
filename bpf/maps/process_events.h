/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MAPS_PROCESS_EVENTS_H
#define MAPS_PROCESS_EVENTS_H

#include "../kernel.h"

/* struct process_event: about 4,600 of them. */
struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 256 * 1024);
} process_events SEC(".maps");

#endif
