/* SPDX-License-Identifier: GPL-2.0 */
/* The walk through a run of bytes: what each byte means for its stream. */
#ifndef LIB_HTTP_STEP_H
#define LIB_HTTP_STEP_H

#include "lib/answer.h"
#include "lib/head_part.h"
#include "lib/http2_step.h"
#include "lib/http_message.h"
#include "lib/http_scan.h"
#include "lib/run_arguments.h"
#include "lib/tls_met.h"
#include "lib/trace_headers.h"

/* Forgets the oldest exchange that waits, for its response went by unread. Returns 0 when there is none. */
__attribute__((noinline)) int exchange_drop(__u64 sock)
{
	struct conn *c = bpf_map_lookup_elem(&conns, &sock);

	if (!c || c->responses == c->requests)
		return 0;
	count(COUNTER_LOST_UNREAD, 1);
	if (is_tracing) {
		trace_answered(exchange_find(c, sock, c->responses), sock);
		serving_unsure(c->pid);
	}
	exchange_release(c, sock, c->responses);
	c->responses++;
	return 1;
}

/* Forgets so many of them; 0 as above. */
__attribute__((noinline)) int exchanges_drop(__u64 sock)
{
	__u32 i;

	for (i = 0; i < EXCHANGE_LIMIT_ROOT; i++)
		if (!exchange_drop(sock))
			return 0;
	return 1;
}

/* The stream's place between messages is lost: look for the next one at the start of later runs. */
__attribute__((noinline)) int stream_lost(RUN_PARAMETERS)
{
	FIND_RUN(dir);
	struct stream *s;
	bool is_answer;
	__u32 i;

	if (!c || !w)
		return 0;
	s = stream_of(c, dir);
	is_answer = c->role != HTTP_ROLE_UNKNOWN && s == response_stream(c);
	if (c->kind == CONN_KIND_HTTP2) {
		http2_lost(s, frames_of(c, dir));
		return 0;
	}
	count(COUNTER_LOST_FRAMING, 1);
	if (s->flags & STREAM_DRAFTED && !(s->flags & STREAM_BEGUN))
		exchange_release(c, w->sock, c->requests);
	if (is_answer && c->requests != c->responses && s->phase != PHASE_HEAD) {
		s->phase = PHASE_UNTIL_CLOSE; /* ends with the next request, or with the connection */
		return 0;
	}
	/* Which requests the unread bytes answered nobody knows: better no span than one with another's status. */
	for (i = 0; is_answer && i < EXCHANGE_LIMIT_ROOT && exchanges_drop(c->sock); i++)
		;
	stream_rest(s);
	s->is_resync = 1;
	return 0;
}

/* The bytes in hand are no HTTP/1 message. `stop` as http_scan returned it. */
__attribute__((noinline)) int message_invalid(RUN_PARAMETERS, __u32 stop)
{
	FIND_RUN(dir);
	struct stream *s;
	__u8 version;
	bool is_tls;

	if (!c || !w)
		return 0;
	s = stream_of(c, dir);
	/* A server may look at the first byte alone, as nginx does: what lies behind it in the window is another connection's. */
	version = w->end > 1 ? w->window[1] : c->is_old ? 0 : TLS_MAJOR_VERSION;
	is_tls = !c->is_tls && c->kind == CONN_KIND_UNKNOWN && w->start == 0 &&
		 tls_is_record(w->window[0], version, !c->is_old);

	if (s->flags & STREAM_DRAFTED && !(s->flags & STREAM_BEGUN))
		exchange_release(c, w->sock, c->requests);
	if (c->kind == CONN_KIND_UNKNOWN && http2_begin(c, w, s, stop == HS_STOP_HTTP2)) {
		if (is_tracing)
			uncounted_begin(c, dir);
		return 0;
	}
	if (c->kind == CONN_KIND_UNKNOWN && !c->is_old) {
		__u32 counter = COUNTER_CONN_OTHER;

		if (is_tls)
			counter = COUNTER_CONN_TLS;
		else if (s->head > 1)
			count(COUNTER_INVALID, 1);
		become(c, CONN_KIND_OPAQUE, counter);
	} else if (s->head > 1 || c->kind == CONN_KIND_HTTP1) {
		count(COUNTER_INVALID, 1);
	}
	if (is_tls)
		tls_found(c, dir);
	if (is_tracing && c->kind != CONN_KIND_HTTP1)
		uncounted_begin(c, dir);
	stream_rest(s);
	s->is_resync = 1;
	w->at = w->length;
	return 0;
}

/* Keeps the request's first bytes, and sends those of a longer request line. `from` is an index into the window. */
static __always_inline void head_keep(struct conn *c, struct work *w, struct stream *s, __u32 from, __u32 bytes,
				      bool in_line)
{
	struct http_event *e;
	__u32 at = s->head;

	if (!(s->flags & STREAM_DRAFTED)) {
		if (s->head || exchange_reserve(c, w->sock))
			return;
		s->flags |= STREAM_DRAFTED;
	}
	if (at < HTTP_LIMIT_HEAD_BYTES) {
		__u32 room = HTTP_LIMIT_HEAD_BYTES - at;
		__u32 n = bytes < room ? bytes : room;

		e = exchange_find(c, w->sock, s->flags & STREAM_BEGUN ? c->requests - 1 : c->requests);
		barrier_var(n);
		barrier_var(at); /* old verifiers lose the bound that clang knows: let it keep the mask */
		if (e && n <= HTTP_LIMIT_HEAD_BYTES)
			bpf_probe_read_kernel(&e->head[at & (HTTP_LIMIT_HEAD_BYTES - 1)], n,
					      &w->window[from & (WINDOW_BYTES - 1)]);
	}
	if (in_line && at + bytes > HTTP_LIMIT_HEAD_BYTES && at < HTTP_LIMIT_TARGET_BYTES)
		head_part_send(c, w, s, EVENT_KIND_HEAD_PART, from, bytes, at);
}

/* The same for a stream, from the run's present byte on. */
static __always_inline __u8 scan(struct work *w, struct stream *s, int dir, __u32 *scanned)
{
	__u32 from = w->at - w->start;
	bool in_line = !(s->flags & STREAM_LINE);
	__u8 stop;

	w->scan.at = from;
	w->scan.end = w->end - w->start;
	w->scan.length = s->length;
	w->scan.status = s->status;
	w->scan.state = s->state;
	w->scan.flags = s->flags;
	w->scan.marks[MARK_VALUE] = from;
	stop = http_scan(WORK_ARGUMENT(w, dir));
	s->length = w->scan.length;
	s->status = w->scan.status;
	s->state = w->scan.state;
	s->flags = w->scan.flags;
	if (in_line && s->flags & STREAM_LINE)
		s->line = s->head + w->scan.marks[MARK_LINE_END] - from;
	*scanned = w->scan.at - from;
	return stop;
}

static __always_inline void scan_head(struct conn *c, struct work *w, struct stream *s, int dir)
{
	__u32 from = w->at - w->start, bytes;
	bool is_request = c->role == HTTP_ROLE_UNKNOWN || s == request_stream(c);
	bool in_line;
	__u8 stop;

	if (!s->head) {
		__u8 byte = w->window[from & (WINDOW_BYTES - 1)];

		/* Blank lines before a message: https://www.rfc-editor.org/rfc/rfc9112#section-2.2 */
		if (!s->is_resync && (byte == '\r' || byte == '\n')) {
			w->at++;
			return;
		}
		stream_rest(s);
		s->message_ns = w->now;
		s->first = w->seq + w->at;
		c->traceparents = c->traceparent_bytes = 0;
		c->state_bytes = 0;
	}
	in_line = !(s->flags & STREAM_LINE);
	stop = scan(w, s, dir, &bytes);
	if (is_request && !(s->flags & STREAM_RESPONSE) && stop != HS_STOP_INVALID && stop != HS_STOP_HTTP2)
		head_keep(c, w, s, from, bytes, in_line);
	if (is_tracing && is_request && !(s->flags & STREAM_RESPONSE))
		trace_keep(c, w, s, stop);
	if (answer_is_told(c, s) && s->head < HTTP_LIMIT_TARGET_BYTES)
		head_part_send(c, w, s, EVENT_KIND_ANSWER_HEAD, from, bytes, s->head);
	s->head += bytes;
	w->at += bytes;
	if (!stop)
		return;
	if (stop == HS_STOP_PARENT || stop == HS_STOP_TSTATE) {
		s->state = HS_HEADER;
		return;
	}
	if (stop != HS_STOP_HEAD)
		message_invalid(RUN_ARGUMENTS(c, w, dir), stop);
	else if (s->flags & STREAM_RESPONSE)
		response_head_end(RUN_ARGUMENTS(c, w, dir));
	else
		request_head_end(RUN_ARGUMENTS(c, w, dir));
}

static __always_inline void scan_frame(struct conn *c, struct work *w, struct stream *s, int dir)
{
	__u32 bytes;
	__u8 stop = scan(w, s, dir, &bytes);

	w->at += bytes;
	if (!stop)
		return;
	if (stop == HS_STOP_TRAILER) {
		message_end(RUN_ARGUMENTS(c, w, dir));
	} else if (stop == HS_STOP_CHUNK_SIZE && s->length >> 56 == 0) {
		s->left = s->length;
		s->length = 0;
		s->state = s->left ? HS_CHUNK_AFTER : HS_TRAILER;
		s->phase = s->left ? PHASE_SKIP : PHASE_FRAME;
	} else {
		stream_lost(RUN_ARGUMENTS(c, w, dir));
		w->at = w->length;
	}
}

/* `bytes` of a body pass by unread. */
static __always_inline void skip(struct conn *c, struct work *w, struct stream *s, __u64 bytes, int dir)
{
	s->body += bytes;
	if (s->phase != PHASE_SKIP)
		return;
	s->left -= bytes;
	if (s->left)
		return;
	if (s->flags & STREAM_CHUNKED)
		s->phase = PHASE_FRAME;
	else
		message_end(RUN_ARGUMENTS(c, w, dir));
}

/* One step through the run of direction `dir`. Returns an enum walk: FILL asks for bytes in the window. */
__attribute__((noinline)) int http_step(RUN_PARAMETERS)
{
	FIND_RUN(dir);
	struct stream *s;
	__u32 rest;

	if (!c || !w || c->kind == CONN_KIND_OPAQUE || w->at >= w->length)
		return WALK_DONE;
	if (c->kind == CONN_KIND_HTTP2)
		return http2_step(RUN_ARGUMENTS(c, w, dir));
	s = stream_of(c, dir);
	rest = w->length - w->at;
	if (s->phase >= PHASE_SKIP && answer_is_told(c, s)) {
		rest = answer_walk(RUN_ARGUMENTS(c, w, dir));
		if (!rest)
			return WALK_FILL;
		w->at += rest;
		skip(c, w, s, rest, dir);
	} else if (s->phase == PHASE_SKIP) {
		__u64 bytes = s->left < rest ? s->left : rest;

		w->at += bytes;
		skip(c, w, s, bytes, dir);
	} else if (s->phase == PHASE_UNTIL_CLOSE) {
		s->body += rest;
		w->at = w->length;
	} else if (w->at >= w->end) {
		return WALK_FILL;
	} else if (s->phase == PHASE_FRAME) {
		scan_frame(c, w, s, dir);
	} else {
		scan_head(c, w, s, dir);
	}
	return w->at < w->length ? WALK_MORE : WALK_DONE;
}

/* `bytes` of the stream were never seen. Counts them, and follows where the framing allows it. */
__attribute__((noinline)) int http_gap(RUN_PARAMETERS, __u32 bytes)
{
	FIND_RUN(dir);
	struct stream *s;

	if (!c || !w)
		return 0;
	s = stream_of(c, dir);
	count(COUNTER_BYTES_MISSED, bytes);
	s->next += bytes;
	if (c->kind == CONN_KIND_HTTP2)
		http2_gap(c, w, s, bytes, dir);
	else if (s->phase == PHASE_SKIP && bytes <= s->left)
		skip(c, w, s, bytes, dir);
	else if (s->phase == PHASE_UNTIL_CLOSE)
		s->body += bytes;
	else
		stream_lost(RUN_ARGUMENTS(c, w, dir));
	return 0;
}

#endif
