/* SPDX-License-Identifier: GPL-2.0 */
/* What the head of an HTTP/2 frame says: https://www.rfc-editor.org/rfc/rfc9113#section-4.1 */
#ifndef LIB_HTTP2_FRAME_H
#define LIB_HTTP2_FRAME_H

#include "lib/conn.h"

enum frame_type {
	FRAME_DATA = 0,
	FRAME_HEADERS = 1,
	FRAME_PRIORITY = 2,
	FRAME_RST_STREAM = 3,
	FRAME_SETTINGS = 4,
	FRAME_PUSH_PROMISE = 5,
	FRAME_PING = 6,
	FRAME_GOAWAY = 7,
	FRAME_WINDOW_UPDATE = 8,
	FRAME_CONTINUATION = 9,
	FRAME_NONE = ' ', /* what the connection preface reads as */
};

enum frame_flag {
	FRAME_ACK = 1,
	FRAME_END_STREAM = 1,
	FRAME_END_HEADERS = 4,
	FRAME_PADDED = 8,
	FRAME_HAS_PRIORITY = 32,
};

enum http2_limit { HTTP2_PREFACE_BYTES = 24, HTTP2_FIRST_SETTINGS_BYTES = 120 };

static __always_inline __u32 frame_length(const __u8 *head)
{
	return (__u32)head[0] << 16 | (__u32)head[1] << 8 | head[2];
}

/* So many bytes of a frame are kept, of which `have` are there: more than the head only of DATA. */
static __always_inline __u32 frame_wanted(const __u8 *head, __u32 have)
{
	__u32 length, wanted;

	if (have < FRAMES_LIMIT_FRAME_HEAD || head[3] != FRAME_DATA)
		return FRAMES_LIMIT_FRAME_HEAD;
	length = frame_length(head);
	wanted = FRAMES_LIMIT_PREFIX_BYTES + (head[4] & FRAME_PADDED ? 1 : 0);
	return FRAMES_LIMIT_FRAME_HEAD + (length < wanted ? length : wanted);
}

static __always_inline bool frame_is_preface(const __u8 *head)
{
	return head[0] == 'P' && head[1] == 'R' && head[2] == 'I' && head[3] == FRAME_NONE;
}

/* The first frame of either end, with which a connection may begin. */
static __always_inline bool frame_is_first(const __u8 *head)
{
	__u32 length = frame_length(head);

	return head[3] == FRAME_SETTINGS && !head[4] && !head[5] && !head[6] && !head[7] && !head[8] &&
	       length <= HTTP2_FIRST_SETTINGS_BYTES && length % 6 == 0;
}

/*
 * Whether these bytes are a frame's head for all we can know. DATA says too little to tell HTTP/2 from another protocol by; it is
 * taken for a frame on connections that are HTTP/2 for sure.
 */
static __always_inline bool frame_is_likely(const __u8 *head, bool is_http2)
{
	__u32 length = frame_length(head), stream = head[6] | head[7] | head[8];
	__u8 flags = head[4];

	if (head[0] || head[5]) /* 64 KB and more, or the 8 millionth stream */
		return false;
	switch (head[3]) {
	case FRAME_DATA:
		return is_http2 && stream && !(flags & ~(FRAME_END_STREAM | FRAME_PADDED));
	case FRAME_HEADERS:
		return stream && length && flags & FRAME_END_HEADERS &&
		       !(flags & ~(FRAME_END_STREAM | FRAME_END_HEADERS | FRAME_PADDED | FRAME_HAS_PRIORITY));
	case FRAME_RST_STREAM:
		return stream && length == 4 && !flags;
	case FRAME_SETTINGS:
		return !stream && length % 6 == 0 && !(flags & ~FRAME_ACK);
	case FRAME_PING:
		return !stream && length == 8 && !(flags & ~FRAME_ACK);
	case FRAME_GOAWAY:
		return !stream && length >= 8 && !flags;
	case FRAME_WINDOW_UPDATE:
		return length == 4 && !flags;
	}
	return false;
}

#endif
