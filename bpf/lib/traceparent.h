/* SPDX-License-Identifier: GPL-2.0 */
/* The value of a traceparent header: https://www.w3.org/TR/trace-context/#traceparent-header-field-values */
#ifndef LIB_TRACEPARENT_H
#define LIB_TRACEPARENT_H

enum traceparent {
	TRACEPARENT_ID = 3, /* offsets */
	TRACEPARENT_SPAN = 36,
	TRACEPARENT_FLAGS = 53,
	TRACEPARENT_BYTES = 55, /* of version 00 */
	TRACEPARENT_BAD = 0x100,
};

/* Value of a digit; digits in upper case are no digits here. */
static inline __attribute__((always_inline)) __u32 traceparent_digit(__u8 c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : TRACEPARENT_BAD;
}

/* `count` bytes in hexadecimal, in the order in which they are written; `bad` is set when there is something else. */
static inline __attribute__((always_inline)) __u64 traceparent_number(const __u8 *text, __u32 count, __u32 *bad)
{
	__u64 number = 0;
	__u32 i;

	for (i = 0; i < count; i++) {
		__u32 byte = traceparent_digit(text[2 * i]) << 4 | traceparent_digit(text[2 * i + 1]);

		*bad |= byte >> 8;
		number |= (__u64)(byte & 0xff) << 8 * i;
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
	for (i = TRACEPARENT_BYTES; i < bytes && i < TRACE_LIMIT_PARENT_BYTES; i++)
		if (text[i] != ' ' && text[i] != '\t' && text[i] != '\r' && text[i] != '\n')
			return false;
	return true;
}

#endif
