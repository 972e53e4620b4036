/* SPDX-License-Identifier: GPL-2.0 */
#ifndef LIB_RING_H
#define LIB_RING_H

#include "maps/events.h"

enum ring_limit { RING_WAKE_BYTES = 256 << 10 };

/*
 * A wake-up costs more than a record: the reader polls on a timer, and is woken once for every so many bytes that wait.
 * Returns 0, or a negative errno when the ring is full.
 */
static __always_inline long ring_send(void *record, __u64 bytes)
{
	__u64 waiting = bpf_ringbuf_query(&events, BPF_RB_AVAIL_DATA);
	bool is_step = waiting / RING_WAKE_BYTES != (waiting + bytes) / RING_WAKE_BYTES;

	return bpf_ringbuf_output(&events, record, bytes, is_step ? BPF_RB_FORCE_WAKEUP : BPF_RB_NO_WAKEUP);
}

#endif
