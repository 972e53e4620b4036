/* SPDX-License-Identifier: GPL-2.0 */
/*
 * HTTP/1.x message framing as a table: one load a byte, no branches for the bytes that do not matter.
 * Grammar: https://www.rfc-editor.org/rfc/rfc9112 (2.1 message, 3 request line, 4 status line, 6 body, 7.1 chunked).
 *
 * A table entry is the next state; ACT marks those whose entering means something, told apart by the state itself.
 * Only framing is recognised: the request line, the status, Content-Length, Transfer-Encoding, Expect, chunk sizes and
 * the ends of heads; the content type of gRPC-Web; and the headers of https://www.w3.org/TR/trace-context. A bare LF ends a line as well as CRLF does.
 */
#ifndef HTTP_STATES_H
#define HTTP_STATES_H

enum http_state {
	HS_START = 0, /* first byte of a message: a method or HTTP/ */
	/* request line */
	HS_METHOD,
	HS_TARGET_FIRST,
	HS_TARGET,
	HS_VERSION,
	HS_VERSION_H,
	HS_VERSION_HT,
	HS_VERSION_HTT,
	HS_VERSION_HTTP,
	HS_VERSION_SLASH,
	HS_VERSION_ONE,
	HS_VERSION_DOT,
	HS_VERSION_MINOR,
	HS_LINE_CR,
	HS_LINE_END, /* ACT: the request line is whole; goes on as HS_HEADER */
	/* status line */
	HS_H,
	HS_HT,
	HS_HTT,
	HS_HTTP,
	HS_STATUS_SLASH,
	HS_STATUS_ONE,
	HS_STATUS_DOT,
	HS_STATUS_MINOR,
	HS_STATUS_BLANK,
	HS_STATUS_1, /* ACT: a digit of the status */
	HS_STATUS_2, /* ACT */
	HS_STATUS_3, /* ACT */
	/* header lines */
	HS_HEADER,
	HS_HEADER_SKIP,
	HS_HEADER_CR, /* CR at the start of a line: the blank line, most likely */
	HS_LENGTH_NAME,
	HS_LENGTH_VALUE = HS_LENGTH_NAME + 14, /* ACT: forget an earlier length */
	HS_LENGTH_DIGIT,		       /* ACT: a digit of the length */
	HS_CODING_NAME,
	HS_CODING_VALUE = HS_CODING_NAME + 17,
	HS_CHUNKED_NAME,
	HS_CHUNKED = HS_CHUNKED_NAME + 6, /* ACT: the body is chunked */
	HS_EXPECT_NAME,
	HS_EXPECT = HS_EXPECT_NAME + 6,	      /* ACT: waits for 100 Continue */
	HS_TYPE_NAME,			      /* `content-type` behind its first `t` */
	HS_TYPE_VALUE = HS_TYPE_NAME + 4,     /* up to the slash */
	HS_SUBTYPE,			      /* `grpc-w`, which no other type begins with */
	HS_GRPC_WEB = HS_SUBTYPE + 6,	      /* ACT: a call of gRPC-Web */
	HS_PARENT_NAME,			      /* `traceparent` behind its fourth letter */
	HS_PARENT_BLANK = HS_PARENT_NAME + 8, /* ACT: the value begins with the next byte */
	HS_PARENT_VALUE,
	HS_TSTATE_NAME,			      /* `tracestate` behind its sixth letter */
	HS_TSTATE_BLANK = HS_TSTATE_NAME + 5, /* ACT: as above */
	HS_TSTATE_VALUE,
	/* chunked body */
	HS_CHUNK,
	HS_CHUNK_DIGIT, /* ACT: a digit of the size */
	HS_CHUNK_SKIP,
	HS_CHUNK_CR,
	HS_CHUNK_AFTER,
	HS_CHUNK_AFTER_CR,
	HS_TRAILER,
	HS_TRAILER_SKIP,
	HS_TRAILER_CR,
	/* ends: scanning stops in them */
	HS_STOP,
	HS_STOP_HEAD = HS_STOP,
	HS_STOP_CHUNK_SIZE,
	HS_STOP_TRAILER,
	HS_STOP_PARENT, /* the line is over */
	HS_STOP_TSTATE,
	HS_STOP_HTTP2,
	HS_STOP_INVALID,
	HS_MAX = 128,
};
_Static_assert(HS_STOP_INVALID < HS_MAX, "states fit into 7 bits");

#define ACT 0x80
#define STOP(state) (ACT | (state))
#define ANY(state) [0 ... 255] = (state)
#define UPPER(state) ['A' ... 'Z'] = (state)
#define DIGIT(state) ['0' ... '9'] = (state)
#define HEX(state) DIGIT(state), ['a' ... 'f'] = (state), ['A' ... 'F'] = (state)
#define BAD STOP(HS_STOP_INVALID)

// clang-format off
/* A byte of the version: anything else means that the blank belonged to the target after all. */
#define VERSION_BYTE(byte, state)                                                                  \
	{ ANY(HS_TARGET), [' '] = HS_VERSION, ['\r'] = BAD, ['\n'] = BAD, [byte] = (state) }
/* A byte of `HTTP/` at the start of a message, where a method may begin alike. */
#define STATUS_OR_METHOD(byte, state)                                                              \
	{ ANY(BAD), UPPER(HS_METHOD), ['-'] = HS_METHOD, ['_'] = HS_METHOD, [' '] = HS_TARGET_FIRST,   \
	  [byte] = (state) }
#define STATUS_BYTE(byte, state)                                                                   \
	{ ANY(BAD), [byte] = (state) }
/* A byte of a header's name, in either case. */
#define NAME_BYTE(lower, upper, state)                                                             \
	{ ANY(HS_HEADER_SKIP), ['\n'] = HS_HEADER, [lower] = (state), [upper] = (state) }
/* A byte of the word `chunked`. */
#define WORD_BYTE(lower, upper, state)                                                             \
	{ ANY(HS_CODING_VALUE), ['\n'] = HS_HEADER, [lower] = (state), [upper] = (state) }
/* Between the colon and the value. */
#define VALUE_BLANK(blank, value, end)                                                             \
	{ ANY(value), [' '] = ACT | (blank), ['\t'] = ACT | (blank), ['\n'] = (end) }
#define LINE_REST(skip, next)                                                                      \
	{ ANY(skip), ['\n'] = (next) }
// clang-format on

/* One row a state, in the order of the enum. */
// clang-format off
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Winitializer-overrides"

static const unsigned char http_states[HS_MAX][256] = {
	[HS_START] = { ANY(BAD), UPPER(HS_METHOD), ['H'] = HS_H },
	[HS_METHOD] = { ANY(BAD), UPPER(HS_METHOD), ['-'] = HS_METHOD, ['_'] = HS_METHOD,
			[' '] = HS_TARGET_FIRST },
	[HS_TARGET_FIRST] = { ANY(HS_TARGET), [0 ... ' '] = BAD },
	[HS_TARGET] = { ANY(HS_TARGET), [' '] = HS_VERSION, ['\r'] = BAD, ['\n'] = BAD },
	[HS_VERSION] = VERSION_BYTE('H', HS_VERSION_H),
	[HS_VERSION_H] = VERSION_BYTE('T', HS_VERSION_HT),
	[HS_VERSION_HT] = VERSION_BYTE('T', HS_VERSION_HTT),
	[HS_VERSION_HTT] = VERSION_BYTE('P', HS_VERSION_HTTP),
	[HS_VERSION_HTTP] = VERSION_BYTE('/', HS_VERSION_SLASH),
	[HS_VERSION_SLASH] = { ANY(HS_TARGET), [' '] = HS_VERSION, ['\r'] = BAD, ['\n'] = BAD,
			       ['1'] = HS_VERSION_ONE, ['2'] = STOP(HS_STOP_HTTP2) },
	[HS_VERSION_ONE] = VERSION_BYTE('.', HS_VERSION_DOT),
	[HS_VERSION_DOT] = { ANY(HS_TARGET), [' '] = HS_VERSION, ['\r'] = BAD, ['\n'] = BAD,
			     DIGIT(HS_VERSION_MINOR) },
	[HS_VERSION_MINOR] = { ANY(HS_TARGET), [' '] = HS_VERSION_MINOR, ['\r'] = HS_LINE_CR,
			       ['\n'] = ACT | HS_LINE_END },
	[HS_LINE_CR] = { ANY(BAD), ['\n'] = ACT | HS_LINE_END },

	[HS_H] = STATUS_OR_METHOD('T', HS_HT),
	[HS_HT] = STATUS_OR_METHOD('T', HS_HTT),
	[HS_HTT] = STATUS_OR_METHOD('P', HS_HTTP),
	[HS_HTTP] = STATUS_OR_METHOD('/', HS_STATUS_SLASH),
	[HS_STATUS_SLASH] = STATUS_BYTE('1', HS_STATUS_ONE),
	[HS_STATUS_ONE] = STATUS_BYTE('.', HS_STATUS_DOT),
	[HS_STATUS_DOT] = { ANY(BAD), DIGIT(HS_STATUS_MINOR) },
	[HS_STATUS_MINOR] = STATUS_BYTE(' ', HS_STATUS_BLANK),
	[HS_STATUS_BLANK] = { ANY(BAD), [' '] = HS_STATUS_BLANK, DIGIT(ACT | HS_STATUS_1) },
	[HS_STATUS_1] = { ANY(BAD), DIGIT(ACT | HS_STATUS_2) },
	[HS_STATUS_2] = { ANY(BAD), DIGIT(ACT | HS_STATUS_3) },
	[HS_STATUS_3] = { ANY(BAD), [' '] = HS_HEADER_SKIP, ['\t'] = HS_HEADER_SKIP,
			  ['\r'] = HS_HEADER_SKIP, ['\n'] = HS_HEADER },

#define HEADER_LINE                                                                                \
	{ ANY(HS_HEADER_SKIP), ['\r'] = HS_HEADER_CR, ['\n'] = STOP(HS_STOP_HEAD),                     \
	  ['c'] = HS_LENGTH_NAME, ['C'] = HS_LENGTH_NAME, ['t'] = HS_CODING_NAME,                      \
	  ['T'] = HS_CODING_NAME, ['e'] = HS_EXPECT_NAME, ['E'] = HS_EXPECT_NAME }
	[HS_LINE_END] = HEADER_LINE,
	[HS_HEADER] = HEADER_LINE,
	[HS_HEADER_SKIP] = LINE_REST(HS_HEADER_SKIP, HS_HEADER),
	[HS_HEADER_CR] = { ANY(HS_HEADER_SKIP), ['\n'] = STOP(HS_STOP_HEAD) },

	[HS_LENGTH_NAME + 0] = NAME_BYTE('o', 'O', HS_LENGTH_NAME + 1),
	[HS_LENGTH_NAME + 1] = NAME_BYTE('n', 'N', HS_LENGTH_NAME + 2),
	[HS_LENGTH_NAME + 2] = NAME_BYTE('t', 'T', HS_LENGTH_NAME + 3),
	[HS_LENGTH_NAME + 3] = NAME_BYTE('e', 'E', HS_LENGTH_NAME + 4),
	[HS_LENGTH_NAME + 4] = NAME_BYTE('n', 'N', HS_LENGTH_NAME + 5),
	[HS_LENGTH_NAME + 5] = NAME_BYTE('t', 'T', HS_LENGTH_NAME + 6),
	[HS_LENGTH_NAME + 6] = NAME_BYTE('-', '-', HS_LENGTH_NAME + 7),
	[HS_LENGTH_NAME + 7] = { ANY(HS_HEADER_SKIP), ['\n'] = HS_HEADER, ['l'] = HS_LENGTH_NAME + 8,
				 ['L'] = HS_LENGTH_NAME + 8, ['t'] = HS_TYPE_NAME, ['T'] = HS_TYPE_NAME },
	[HS_LENGTH_NAME + 8] = NAME_BYTE('e', 'E', HS_LENGTH_NAME + 9),
	[HS_LENGTH_NAME + 9] = NAME_BYTE('n', 'N', HS_LENGTH_NAME + 10),
	[HS_LENGTH_NAME + 10] = NAME_BYTE('g', 'G', HS_LENGTH_NAME + 11),
	[HS_LENGTH_NAME + 11] = NAME_BYTE('t', 'T', HS_LENGTH_NAME + 12),
	[HS_LENGTH_NAME + 12] = NAME_BYTE('h', 'H', HS_LENGTH_NAME + 13),
	[HS_LENGTH_NAME + 13] = NAME_BYTE(':', ':', ACT | HS_LENGTH_VALUE),
	[HS_LENGTH_VALUE] = { ANY(HS_HEADER_SKIP), ['\n'] = HS_HEADER, [' '] = ACT | HS_LENGTH_VALUE,
			      ['\t'] = ACT | HS_LENGTH_VALUE, DIGIT(ACT | HS_LENGTH_DIGIT) },
	[HS_LENGTH_DIGIT] = { ANY(HS_HEADER_SKIP), ['\n'] = HS_HEADER, DIGIT(ACT | HS_LENGTH_DIGIT) },

	[HS_CODING_NAME + 0] = NAME_BYTE('r', 'R', HS_CODING_NAME + 1),
	[HS_CODING_NAME + 1] = NAME_BYTE('a', 'A', HS_CODING_NAME + 2),
	[HS_CODING_NAME + 2] = { ANY(HS_HEADER_SKIP), ['\n'] = HS_HEADER, ['n'] = HS_CODING_NAME + 3,
				 ['N'] = HS_CODING_NAME + 3, ['c'] = HS_PARENT_NAME, ['C'] = HS_PARENT_NAME },
	[HS_CODING_NAME + 3] = NAME_BYTE('s', 'S', HS_CODING_NAME + 4),
	[HS_CODING_NAME + 4] = NAME_BYTE('f', 'F', HS_CODING_NAME + 5),
	[HS_CODING_NAME + 5] = NAME_BYTE('e', 'E', HS_CODING_NAME + 6),
	[HS_CODING_NAME + 6] = NAME_BYTE('r', 'R', HS_CODING_NAME + 7),
	[HS_CODING_NAME + 7] = NAME_BYTE('-', '-', HS_CODING_NAME + 8),
	[HS_CODING_NAME + 8] = NAME_BYTE('e', 'E', HS_CODING_NAME + 9),
	[HS_CODING_NAME + 9] = NAME_BYTE('n', 'N', HS_CODING_NAME + 10),
	[HS_CODING_NAME + 10] = NAME_BYTE('c', 'C', HS_CODING_NAME + 11),
	[HS_CODING_NAME + 11] = NAME_BYTE('o', 'O', HS_CODING_NAME + 12),
	[HS_CODING_NAME + 12] = NAME_BYTE('d', 'D', HS_CODING_NAME + 13),
	[HS_CODING_NAME + 13] = NAME_BYTE('i', 'I', HS_CODING_NAME + 14),
	[HS_CODING_NAME + 14] = NAME_BYTE('n', 'N', HS_CODING_NAME + 15),
	[HS_CODING_NAME + 15] = NAME_BYTE('g', 'G', HS_CODING_NAME + 16),
	[HS_CODING_NAME + 16] = NAME_BYTE(':', ':', HS_CODING_VALUE),
	[HS_CODING_VALUE] = WORD_BYTE('c', 'C', HS_CHUNKED_NAME),
	[HS_CHUNKED_NAME + 0] = WORD_BYTE('h', 'H', HS_CHUNKED_NAME + 1),
	[HS_CHUNKED_NAME + 1] = WORD_BYTE('u', 'U', HS_CHUNKED_NAME + 2),
	[HS_CHUNKED_NAME + 2] = WORD_BYTE('n', 'N', HS_CHUNKED_NAME + 3),
	[HS_CHUNKED_NAME + 3] = WORD_BYTE('k', 'K', HS_CHUNKED_NAME + 4),
	[HS_CHUNKED_NAME + 4] = WORD_BYTE('e', 'E', HS_CHUNKED_NAME + 5),
	[HS_CHUNKED_NAME + 5] = WORD_BYTE('d', 'D', ACT | HS_CHUNKED),
	[HS_CHUNKED] = LINE_REST(HS_CODING_VALUE, HS_HEADER),

	[HS_EXPECT_NAME + 0] = NAME_BYTE('x', 'X', HS_EXPECT_NAME + 1),
	[HS_EXPECT_NAME + 1] = NAME_BYTE('p', 'P', HS_EXPECT_NAME + 2),
	[HS_EXPECT_NAME + 2] = NAME_BYTE('e', 'E', HS_EXPECT_NAME + 3),
	[HS_EXPECT_NAME + 3] = NAME_BYTE('c', 'C', HS_EXPECT_NAME + 4),
	[HS_EXPECT_NAME + 4] = NAME_BYTE('t', 'T', HS_EXPECT_NAME + 5),
	[HS_EXPECT_NAME + 5] = NAME_BYTE(':', ':', ACT | HS_EXPECT),
	[HS_EXPECT] = LINE_REST(HS_HEADER_SKIP, HS_HEADER),

	[HS_TYPE_NAME + 0] = NAME_BYTE('y', 'Y', HS_TYPE_NAME + 1),
	[HS_TYPE_NAME + 1] = NAME_BYTE('p', 'P', HS_TYPE_NAME + 2),
	[HS_TYPE_NAME + 2] = NAME_BYTE('e', 'E', HS_TYPE_NAME + 3),
	[HS_TYPE_NAME + 3] = NAME_BYTE(':', ':', HS_TYPE_VALUE),
	[HS_TYPE_VALUE] = { ANY(HS_TYPE_VALUE), ['/'] = HS_SUBTYPE, ['\n'] = HS_HEADER },
	[HS_SUBTYPE + 0] = NAME_BYTE('g', 'G', HS_SUBTYPE + 1),
	[HS_SUBTYPE + 1] = NAME_BYTE('r', 'R', HS_SUBTYPE + 2),
	[HS_SUBTYPE + 2] = NAME_BYTE('p', 'P', HS_SUBTYPE + 3),
	[HS_SUBTYPE + 3] = NAME_BYTE('c', 'C', HS_SUBTYPE + 4),
	[HS_SUBTYPE + 4] = NAME_BYTE('-', '-', HS_SUBTYPE + 5),
	[HS_SUBTYPE + 5] = NAME_BYTE('w', 'W', ACT | HS_GRPC_WEB),
	[HS_GRPC_WEB] = LINE_REST(HS_HEADER_SKIP, HS_HEADER),

	[HS_PARENT_NAME + 0] = NAME_BYTE('e', 'E', HS_PARENT_NAME + 1),
	[HS_PARENT_NAME + 1] = { ANY(HS_HEADER_SKIP), ['\n'] = HS_HEADER, ['p'] = HS_PARENT_NAME + 2,
				 ['P'] = HS_PARENT_NAME + 2, ['s'] = HS_TSTATE_NAME, ['S'] = HS_TSTATE_NAME },
	[HS_PARENT_NAME + 2] = NAME_BYTE('a', 'A', HS_PARENT_NAME + 3),
	[HS_PARENT_NAME + 3] = NAME_BYTE('r', 'R', HS_PARENT_NAME + 4),
	[HS_PARENT_NAME + 4] = NAME_BYTE('e', 'E', HS_PARENT_NAME + 5),
	[HS_PARENT_NAME + 5] = NAME_BYTE('n', 'N', HS_PARENT_NAME + 6),
	[HS_PARENT_NAME + 6] = NAME_BYTE('t', 'T', HS_PARENT_NAME + 7),
	[HS_PARENT_NAME + 7] = NAME_BYTE(':', ':', ACT | HS_PARENT_BLANK),
	[HS_PARENT_BLANK] = VALUE_BLANK(HS_PARENT_BLANK, HS_PARENT_VALUE, STOP(HS_STOP_PARENT)),
	[HS_PARENT_VALUE] = LINE_REST(HS_PARENT_VALUE, STOP(HS_STOP_PARENT)),
	[HS_TSTATE_NAME + 0] = NAME_BYTE('t', 'T', HS_TSTATE_NAME + 1),
	[HS_TSTATE_NAME + 1] = NAME_BYTE('a', 'A', HS_TSTATE_NAME + 2),
	[HS_TSTATE_NAME + 2] = NAME_BYTE('t', 'T', HS_TSTATE_NAME + 3),
	[HS_TSTATE_NAME + 3] = NAME_BYTE('e', 'E', HS_TSTATE_NAME + 4),
	[HS_TSTATE_NAME + 4] = NAME_BYTE(':', ':', ACT | HS_TSTATE_BLANK),
	[HS_TSTATE_BLANK] = VALUE_BLANK(HS_TSTATE_BLANK, HS_TSTATE_VALUE, STOP(HS_STOP_TSTATE)),
	[HS_TSTATE_VALUE] = LINE_REST(HS_TSTATE_VALUE, STOP(HS_STOP_TSTATE)),

	[HS_CHUNK] = { ANY(BAD), HEX(ACT | HS_CHUNK_DIGIT) },
	[HS_CHUNK_DIGIT] = { ANY(BAD), HEX(ACT | HS_CHUNK_DIGIT), [' '] = HS_CHUNK_SKIP,
			     ['\t'] = HS_CHUNK_SKIP, [';'] = HS_CHUNK_SKIP, ['\r'] = HS_CHUNK_CR,
			     ['\n'] = STOP(HS_STOP_CHUNK_SIZE) },
	[HS_CHUNK_SKIP] = LINE_REST(HS_CHUNK_SKIP, STOP(HS_STOP_CHUNK_SIZE)),
	[HS_CHUNK_CR] = { ANY(BAD), ['\n'] = STOP(HS_STOP_CHUNK_SIZE) },
	[HS_CHUNK_AFTER] = { ANY(BAD), ['\r'] = HS_CHUNK_AFTER_CR, ['\n'] = HS_CHUNK },
	[HS_CHUNK_AFTER_CR] = { ANY(BAD), ['\n'] = HS_CHUNK },
	[HS_TRAILER] = { ANY(HS_TRAILER_SKIP), ['\r'] = HS_TRAILER_CR,
			 ['\n'] = STOP(HS_STOP_TRAILER) },
	[HS_TRAILER_SKIP] = LINE_REST(HS_TRAILER_SKIP, HS_TRAILER),
	[HS_TRAILER_CR] = { ANY(HS_TRAILER_SKIP), ['\n'] = STOP(HS_STOP_TRAILER) },
};

#pragma clang diagnostic pop
// clang-format on

#endif
