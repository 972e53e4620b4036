/* SPDX-License-Identifier: GPL-2.0 */
#ifndef LIB_RING_H
#define LIB_RING_H

#include "maps/events.h"

/*
 * A wake-up costs more than a record: the reader polls on a timer and is woken only when much waits.
 * Returns 0, or a negative errno when the ring is full.
 */
enum ring_limit { RING_WAKE_BYTES = 128 << 10 };

static __always_inline long ring_send(void *record, __u64 bytes)
{
	__u64 flags = bpf_ringbuf_query(&events, BPF_RB_AVAIL_DATA) > RING_WAKE_BYTES ?
			      BPF_RB_FORCE_WAKEUP : BPF_RB_NO_WAKEUP;

	return bpf_ringbuf_output(&events, record, bytes, flags);
}

#endif
