/* SPDX-License-Identifier: GPL-2.0 */
#ifndef LIB_RING_H
#define LIB_RING_H

#include "maps/events.h"

/*
 * A wake-up costs more than a record: the reader is woken for the first one, waits a while and takes all there is. Every
 * record must go by these flags, or the first one might be sent without waking anybody.
 */
static __always_inline __u64 ring_flags(void)
{
	return bpf_ringbuf_query(&events, BPF_RB_AVAIL_DATA) ? BPF_RB_NO_WAKEUP : BPF_RB_FORCE_WAKEUP;
}

/* Returns 0, or a negative errno when the ring is full. */
static __always_inline long ring_send(void *record, __u64 bytes)
{
	return bpf_ringbuf_output(&events, record, bytes, ring_flags());
}

#endif
