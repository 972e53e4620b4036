/* SPDX-License-Identifier: GPL-2.0 */
/* The state table in steps of eight bytes, where it stays in one state or meets what nearly every head says. */
#ifndef HTTP_LEAP_H
#define HTTP_LEAP_H

#include "http_states.h"

enum leap_limit { LEAP_BYTES = 8 };

#define EACH_BYTE(byte) (0x0101010101010101ULL * (byte))
/* Marks the bytes of a word that are below `limit`, up to 0x80; only the first mark can be relied on. */
#define BYTES_BELOW(word, limit) (((word)-EACH_BYTE(limit)) & ~(word)&EACH_BYTE(0x80))
/* "HTTP/1.1" as a little-endian word. */
#define WORD_HTTP_1_1 0x312e312f50545448ULL

/* How many bytes stand before the first one that is marked. No branches: the verifier would follow each of them. */
static inline __attribute__((always_inline)) __u32 bytes_before(__u64 marks)
{
	return ((marks & -marks) >> 7) * 0x0001020304050607ULL >> 56;
}

/*
 * Most bytes of a head lie in states that they do not change, and all heads name the same version: up to eight bytes are
 * passed at once. Returns how many, and the state behind them.
 */
static inline __attribute__((always_inline)) __u32 leap(__u8 *state, __u64 word)
{
	__u64 marks;

	if (*state == HS_HEADER_SKIP) {
		marks = BYTES_BELOW(word ^ EACH_BYTE('\n'), 1);
	} else if (*state == HS_TARGET) {
		marks = BYTES_BELOW(word, ' ' + 1);
	} else if (*state == HS_TYPE_VALUE) {
		marks = BYTES_BELOW(word, '/' + 1);
	} else if (word == WORD_HTTP_1_1 && (*state == HS_VERSION || *state == HS_START)) {
		*state = *state == HS_START ? HS_STATUS_MINOR : HS_VERSION_MINOR;
		return LEAP_BYTES;
	} else {
		return 0;
	}
	return marks ? bytes_before(marks) : LEAP_BYTES;
}

#endif
