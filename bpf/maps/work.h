/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MAPS_WORK_H
#define MAPS_WORK_H

#include "kernel.h"
#include "abi.h"

enum work_limit {
	WINDOW_BYTES = HTTP_LIMIT_PART_BYTES,
#ifdef HAS_PLACES
	WORK_LIMIT_RUNS = 8, /* on a CPU: a power of 2 */
#else
	WORK_LIMIT_RUNS = 2,
#endif
};

/* Places that the state table finds in a head. */
enum mark {
	MARK_NONE = 0,
	MARK_LINE_END = 1, /* behind the request line */
	MARK_VALUE = 2,	   /* the value of a header that is kept */
	MARK_MAX = 4,
};

/* What the state table works on: copied from the stream and back, so that one verified function serves all. */
struct scan {
	__u64 length;
	__u32 at;	       /* next byte, index into the window */
	__u32 end;	       /* of the window's bytes */
	__u32 marks[MARK_MAX]; /* indexes into the window */
	__u16 status;
	__u8 state;
	__u8 flags;
	__u32 nothing; /* always 0, which no verifier can know */
};

/*
 * The run of bytes in hand: what one call of the process reads or writes. Per CPU and direction, because the programs
 * of the two directions may interrupt each other while none interrupts itself.
 */
struct work {
	__u64 sock; /* key of the connection */
	__u64 now;
	__u32 seq; /* TCP sequence number of the run's first byte */
	__u32 length;
	__u32 at;    /* next byte to look at, from the run's start */
	__u32 start; /* `window` holds the bytes [start, end) of the run */
	__u32 end;
	__u32 sure;  /* TX: so many bytes surely leave with this call */
	__u32 begun; /* a request's head is over, and its trace is still to be found out */
	__u32 begun_seq;
	__u32 batched; /* HTTP/2: bytes of frames in `batch` */
	/* where the bytes are */
	__u32 segments;	     /* iovecs behind the present one */
	__u64 segment_base;  /* user address; 0 = unreadable */
	__u32 segment_start; /* of the present segment, from the run's start */
	__u32 segment_end;
	__u64 next_iov; /* kernel or user address of the next iovec */
	__u32 is_user_iov;
	__u32 place; /* of this run, where there are several of a direction */
	struct scan scan;
	__u8 window[WINDOW_BYTES];
	__u8 slack[HTTP_LIMIT_HEAD_BYTES]; /* room that proves to the verifier that copies stay inside */
	struct frames_event batch;	   /* a record being filled */
	__u8 batch_slack[WINDOW_BYTES];
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, WORK_LIMIT_RUNS);
	__type(key, __u32);
	__type(value, struct work);
} work SEC(".maps");

#endif
