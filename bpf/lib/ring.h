/* SPDX-License-Identifier: GPL-2.0 */
#ifndef LIB_RING_H
#define LIB_RING_H

#include "maps/events.h"

/*
 * Returns 0, or a negative errno when the ring is full. A wake-up costs more than a record: by itself the kernel wakes the reader only
 * for a record that finds the ring read to the end, and the reader waits a while and takes all there is.
 */
static __always_inline long ring_send(void *record, __u64 bytes)
{
	return bpf_ringbuf_output(&events, record, bytes, 0);
}

#endif
