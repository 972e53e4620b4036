/* SPDX-License-Identifier: GPL-2.0 */
/* What crosses of HTTP/2 connections; part of abi.h. */
#ifndef ABI_FRAMES_H
#define ABI_FRAMES_H

enum frames_flag {
	FRAMES_FLAG_OLD_CONNECTION = 1, /* header tables may hold what was never seen */
	FRAMES_FLAG_CLOSED = 2,		/* the connection is over, as `outcome` says; data tells what had passed */
};

/* Of the head that tells of DATA which passed by. */
enum frames_type {
	FRAMES_TYPE_PASSED = 128,
	FRAMES_TYPE_PASSED_OPPOSITE = 129, /* in the other direction, when this one ends the stream */
};

enum frames_limit {
	FRAMES_LIMIT_DATA_BYTES = 2048,
	FRAMES_LIMIT_FRAME_HEAD = 9,
	FRAMES_LIMIT_PREFIX_BYTES = 5, /* of the payload of DATA frames */
};

/*
 * HTTP/2 frames of one direction of a connection, as they were read or written by one call. `data` is the stream of frames with
 * parts left out: HEADERS, RST_STREAM, PUSH_PROMISE, GOAWAY and CONTINUATION are whole, and may go on in the next
 * record. DATA frames of a stream that follow each other are told of by one head of the type FRAMES_TYPE_PASSED, with the last
 * byte of the last of them: its length leaves out the padding, and the first FRAMES_LIMIT_PREFIX_BYTES of the first
 * payload follow it, zeros if that is shorter. What is not told yet when its stream or the connection ends is told with that end, once
 * more perhaps than in its own direction. DATA that looks like the trailers of gRPC-Web is whole. All other frames are left out.
 */
struct frames_event {
	__u16 kind;
	__u8 role;	/* enum http_role, as far as the kernel programs know it */
	__u8 direction; /* 1 = sent by the process */
	__u32 pid;
	__u64 connection; /* as in http_event */
	__u32 index; /* of the record in its direction, from 0: one that is missing was lost, or stands for lost bytes */
	__u8 flags;
	__u8 family;
	__u8 outcome; /* enum http_outcome, when closed */
	__u8 reserved;
	__u16 local_port;
	__u16 remote_port;
	__u32 continued; /* so many bytes of a frame that began in an earlier record are still to come at the start of data */
	__u8 local[16];
	__u8 remote[16];
	__u64 arrival_ns; /* received: the bytes reached the socket */
	__u64 now_ns;
	__u8 data[FRAMES_LIMIT_DATA_BYTES]; /* the record ends with the last byte used */
};
ABI_ASSERT(sizeof(struct frames_event) == 80 + FRAMES_LIMIT_DATA_BYTES, "frames_event");

#endif
