/* SPDX-License-Identifier: GPL-2.0 */
/* The value of a traceparent header: https://www.w3.org/TR/trace-context/#traceparent-header-field-values */
#ifndef LIB_TRACEPARENT_H
#define LIB_TRACEPARENT_H

enum traceparent {
	TRACEPARENT_ID = 3, /* offsets */
	TRACEPARENT_SPAN = 36,
	TRACEPARENT_FLAGS = 53,
	TRACEPARENT_BYTES = 55, /* of version 00 */
	TRACEPARENT_BAD = 0x10, /* set in what is no digit */
};

/*
 * One more than the value of each digit; 0 for what is none, as digits in upper case are here. A table, because the verifier would follow
 * what comparing makes of each digit.
 */
static const __u8 traceparent_digits[256] = {
	['0'] = 1, ['1'] = 2,  ['2'] = 3,  ['3'] = 4,  ['4'] = 5,  ['5'] = 6,  ['6'] = 7,  ['7'] = 8,
	['8'] = 9, ['9'] = 10, ['a'] = 11, ['b'] = 12, ['c'] = 13, ['d'] = 14, ['e'] = 15, ['f'] = 16,
};

/* `count` bytes in hexadecimal, in the order in which they are written; `bad` is set when there is something else. */
static inline __attribute__((always_inline)) __u64 traceparent_number(const __u8 *text, __u32 count, __u32 *bad)
{
	__u64 number = 0;
	__u32 i;

#pragma clang loop unroll(disable) /* what it would keep for later has no room on the stack */
	for (i = 0; i < count; i++) {
		__u8 high = traceparent_digits[text[2 * i]] - 1, low = traceparent_digits[text[2 * i + 1]] - 1;

		*bad |= (high | low) & TRACEPARENT_BAD;
		number |= (__u64)(__u8)(high << 4 | low) << 8 * i;
	}
	return number;
}

/* Reads a value of `bytes` bytes, blanks and line end behind it included. False when it is not valid. */
static inline __attribute__((always_inline)) bool traceparent_read(const __u8 *text, __u32 bytes,
								   struct trace_context *trace)
{
	__u32 bad = 0, version, i;

	if (bytes < TRACEPARENT_BYTES)
		return false;
	version = traceparent_number(text, 1, &bad);
	trace->id[0] = traceparent_number(text + TRACEPARENT_ID, 8, &bad);
	trace->id[1] = traceparent_number(text + TRACEPARENT_ID + 16, 8, &bad);
	trace->parent = traceparent_number(text + TRACEPARENT_SPAN, 8, &bad);
	trace->flags = traceparent_number(text + TRACEPARENT_FLAGS, 1, &bad);
	if (bad || version == 0xff || !(trace->id[0] | trace->id[1]) || !trace->parent)
		return false;
	if (text[2] != '-' || text[TRACEPARENT_SPAN - 1] != '-' || text[TRACEPARENT_FLAGS - 1] != '-')
		return false;
	/* Versions to come may say more behind a dash. */
	if (version && bytes > TRACEPARENT_BYTES && text[TRACEPARENT_BYTES] == '-')
		return true;
	if (bytes >= TRACE_LIMIT_PARENT_BYTES)
		return false;
#pragma clang loop unroll(full) /* a loop with the end that clang knows has none for old verifiers */
	for (i = TRACEPARENT_BYTES; i < TRACE_LIMIT_PARENT_BYTES; i++)
		if (i < bytes && text[i] != ' ' && text[i] != '\t' && text[i] != '\r' && text[i] != '\n')
			return false;
	return true;
}

#endif
