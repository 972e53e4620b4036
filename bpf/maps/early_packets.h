/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MAPS_EARLY_PACKETS_H
#define MAPS_EARLY_PACKETS_H

#include "maps/work.h"

enum early_limit {
	EARLY_LIMIT_BYTES = 4096, /* of a piece: a power of 2 */
	EARLY_LIMIT_PIECES = 16,  /* of a packet: 64 KiB */
};

/* No byte: `connection` is conn.id, so that no connection finds what another one left. */
struct early_key {
	__u64 connection;
	__u32 seq; /* of the first byte */
	__u32 zero;
};

struct early_piece {
	__u32 length;
	__u8 bytes[EARLY_LIMIT_BYTES];
};

/*
 * Packets that came in before they could be looked at, in pieces. One whose bytes came again, cut in another way, is never asked for: it
 * goes when its room is needed.
 */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 1024);
	__type(key, struct early_key);
	__type(value, struct early_piece);
} early_packets SEC(".maps");

/* A piece being filled, by place: see lib/packet_work.h. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, WORK_LIMIT_RUNS / 2);
	__type(key, __u32);
	__type(value, struct early_piece);
} new_piece SEC(".maps");

#endif
