/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the answer to a call of gRPC-Web says of its status: in its head, or in a last message of its body, which may be cut into
 * chunks at any place. https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-WEB.md
 */
#ifndef LIB_ANSWER_H
#define LIB_ANSWER_H

#include "lib/head_part.h"
#include "lib/run_arguments.h"

static __always_inline bool answer_is_told(const struct conn *c, const struct stream *s)
{
	return c->is_grpc_web && s->flags & STREAM_RESPONSE && c->requests != c->responses;
}

/*
 * The stream of direction `dir` is in the body of such an answer. Sends what the window has of the first bytes of the body and of the last
 * ones of a chunk. Returns how many bytes that were, or how many may be passed over; 0 asks for bytes in the window.
 */
__attribute__((noinline)) int answer_walk(RUN_PARAMETERS)
{
	FIND_RUN(dir);
	__u64 wanted = HTTP_LIMIT_TAIL_BYTES, left, bytes;
	struct stream *s;

	if (!c || !w || w->at >= w->length)
		return 0;
	s = stream_of(c, dir);
	bytes = w->length - w->at;
	/* a body that ends with the connection may do so behind each run */
	left = s->phase == PHASE_SKIP ? s->left : bytes;
	if (bytes > left)
		bytes = left;
	if (s->body && left > wanted)
		return left - wanted < bytes ? left - wanted : bytes;
	if (w->at >= w->end)
		return 0;
	if (bytes > w->end - w->at)
		bytes = w->end - w->at;
	head_part_send(c, w, s, EVENT_KIND_ANSWER_BODY, w->at - w->start, bytes, s->body);
	return bytes;
}

#endif
