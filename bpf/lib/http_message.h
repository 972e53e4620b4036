/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the ends of heads and bodies mean for a connection: which exchange begins, which one is answered, what comes next
 * in the stream. Framing rules: https://www.rfc-editor.org/rfc/rfc9112#section-6.3
 */
#ifndef LIB_HTTP_MESSAGE_H
#define LIB_HTTP_MESSAGE_H

#include "lib/exchange_end.h"
#include "lib/goroutine.h"
#include "lib/http_states.h"
#include "lib/run_arguments.h"
#include "maps/work.h"

static __always_inline struct stream *request_stream(struct conn *c)
{
	return &c->stream[c->role == HTTP_ROLE_CLIENT ? TX : RX];
}

static __always_inline struct stream *response_stream(struct conn *c)
{
	return &c->stream[c->role == HTTP_ROLE_CLIENT ? RX : TX];
}

/* Between two messages. */
static __always_inline void stream_rest(struct stream *s)
{
	s->phase = PHASE_HEAD;
	s->state = HS_START;
	s->flags = 0;
	s->head = 0;
	s->body = 0;
	s->length = 0;
	s->status = 0;
}

static __always_inline void become(struct conn *c, __u8 kind, __u32 counter)
{
	if (is_tracing && kind == CONN_KIND_HTTP1)
		uncounted_end(c);
	c->kind = kind;
	count(counter, 1);
}

/*
 * Whether a response that was handed over is ended here. The end of the call that sent it may come to that while another thread
 * has met the connection again, with the next request: one of them ends it. Before 5.12 there is no exchange in one
 * instruction, and a load with the store behind it has to do.
 */
static __always_inline bool ending_claim(struct conn *c)
{
#ifdef CAN_PASS_MEMORY
	return __sync_val_compare_and_swap(&c->is_ending, 1, 0);
#else
	volatile __u32 *is_ending = &c->is_ending;

	if (!*is_ending)
		return false;
	*is_ending = 0;
	return true;
#endif
}

/* The response is whole; a request whose body is still on its way is waited for. */
static __always_inline void response_done(struct conn *c, __u64 sock, __u64 end_ns)
{
	struct http_event *e = exchange_find(c, sock, c->responses);
	struct stream *request = request_stream(c);

	if (c->requests == c->responses)
		return;
	if (!e) { /* its request found no room: already counted */
		c->responses++;
		return;
	}
	e->end_ns = end_ns;
	e->flags |= HTTP_FLAG_RESPONSE_DONE;
	if (!(e->flags & HTTP_FLAG_REQUEST_DONE)) {
		/* A final status instead of 100 Continue: the body may never come. */
		if (!(e->flags & HTTP_FLAG_EXPECT) || (e->flags & HTTP_FLAG_CONTINUED) || request->body ||
		    request->phase == PHASE_HEAD)
			return;
		stream_rest(request);
		request->is_resync = 1;
	}
	exchange_finish(c, sock, e);
}

/* The last byte of a request, whose head or body this was. */
static __always_inline void request_end(struct conn *c, struct work *w, struct stream *s)
{
	__u32 index = c->requests - 1;
	struct http_event *e = exchange_find(c, w->sock, index);
	__u64 body = s->body;

	stream_rest(s);
	if (!e)
		return;
	e->request_bytes = body;
	e->flags |= HTTP_FLAG_REQUEST_DONE;
	if ((e->flags & HTTP_FLAG_RESPONSE_DONE) && index == c->responses)
		exchange_finish(c, w->sock, e);
}

static __always_inline void response_end(struct conn *c, struct work *w, struct stream *s, int dir)
{
	struct http_event *e = exchange_find(c, w->sock, c->responses);

	if (e)
		e->response_bytes = s->body;
	stream_rest(s);
	if (dir == TX && w->at > w->sure) {
		c->end_seq = w->seq + w->at;
		c->is_ending = 1;
		return;
	}
	response_done(c, w->sock, w->now);
}

/* Global, as the other ends of heads and bodies: they are reached in many ways, and the verifier looks at each once. */
__attribute__((noinline)) int message_end(RUN_PARAMETERS)
{
	FIND_RUN(dir);
	struct stream *s;

	if (!c || !w)
		return 0;
	s = stream_of(c, dir);
	if (s == request_stream(c))
		request_end(c, w, s);
	else
		response_end(c, w, s, dir);
	return 0;
}

/* Sets the stream to the body that the head announced; a body that is empty ends the message. */
static __always_inline void body_begin(struct conn *c, struct work *w, struct stream *s, int dir)
{
	if (s->flags & STREAM_CHUNKED) {
		s->phase = PHASE_FRAME;
		s->state = HS_CHUNK;
		s->length = 0;
		return;
	}
	if ((s->flags & STREAM_LENGTH) && s->length) {
		s->phase = PHASE_SKIP;
		s->left = s->length;
		return;
	}
	if ((s->flags & STREAM_RESPONSE) && !(s->flags & STREAM_LENGTH)) {
		s->phase = PHASE_UNTIL_CLOSE;
		return;
	}
	message_end(RUN_ARGUMENTS(c, w, dir));
}

/* Fills the exchange of the request in `s` and makes it wait for its response. */
static __always_inline void exchange_begin(struct conn *c, struct work *w, struct stream *s)
{
	__u32 index = c->requests;
	struct http_event *e = NULL;

	c->requests++;
	s->flags |= STREAM_BEGUN;
	if (s->flags & STREAM_DRAFTED)
		e = exchange_find(c, w->sock, index);
	if (!e) {
		if (is_tracing)
			serving_unsure(c->pid);
		return;
	}
	e->kind = EVENT_KIND_HTTP;
	e->family = c->slot.family; /* the slot keeps the addresses, whoever has it */
	e->local_port = c->slot.local_port;
	e->remote_port = c->slot.remote_port;
	__builtin_memcpy(e->local, c->slot.local, sizeof(e->local));
	__builtin_memcpy(e->remote, c->slot.remote, sizeof(e->remote));
	e->is_tls = c->is_tls;
	e->is_grpc_web = !!(s->flags & STREAM_GRPC_WEB);
	e->role = c->role;
	e->outcome = HTTP_OUTCOME_COMPLETE;
	e->pid = c->pid;
	e->connection = c->id;
	e->index = index;
	e->status = 0;
	e->flags = (s->flags & STREAM_EXPECT ? HTTP_FLAG_EXPECT : 0) | (c->is_old ? HTTP_FLAG_OLD_CONNECTION : 0);
	if (e->head[0] == 'H' && e->head[1] == 'E' && e->head[2] == 'A' && e->head[3] == 'D' && e->head[4] == ' ')
		e->flags |= HTTP_FLAG_HEAD;
	if (e->head[0] == 'C' && e->head[1] == 'O' && e->head[2] == 'N' && e->head[3] == 'N')
		e->flags |= HTTP_FLAG_CONNECT;
	e->line_bytes = s->line;
	e->arrival_ns = c->role == HTTP_ROLE_SERVER ? c->arrival_ns : 0;
	e->start_ns = s->message_ns;
	e->first_byte_ns = 0;
	e->end_ns = 0;
	e->request_bytes = 0;
	e->response_bytes = 0;
	e->head_bytes = s->head;
	e->handler_ns = 0;
	e->route = 0;
	if (!sees_packets && c->role == HTTP_ROLE_SERVER)
		goroutine_serves(w->sock);
	w->begun = 1;
	w->begun_seq = s->first;
}

__attribute__((noinline)) int request_head_end(RUN_PARAMETERS)
{
	FIND_RUN(dir);
	struct stream *answers, *s;

	if (!c || !w)
		return 0;
	s = stream_of(c, dir);
	if (c->role == HTTP_ROLE_UNKNOWN)
		c->role = dir == RX ? HTTP_ROLE_SERVER : HTTP_ROLE_CLIENT;
	if (c->kind == CONN_KIND_UNKNOWN)
		become(c, CONN_KIND_HTTP1, COUNTER_CONN_HTTP1);
	answers = response_stream(c);
	if (!(s->flags & STREAM_BEGUN)) {
		/* No client asks again before a response without an end of its own is over. */
		if (answers->phase == PHASE_UNTIL_CLOSE || c->requests == c->responses) {
			if (c->requests != c->responses) {
				struct http_event *e = exchange_find(c, w->sock, c->responses);

				if (e) {
					e->response_bytes = answers->body;
					e->outcome = HTTP_OUTCOME_FRAMING_LOST;
				}
				response_done(c, w->sock, answers->last_ns);
			}
			if (answers->phase != PHASE_HEAD || answers->head)
				count(COUNTER_LOST_FRAMING, 1);
			stream_rest(answers);
			answers->is_resync = 0;
		}
		exchange_begin(c, w, s);
	}
	s->is_resync = 0;
	c->is_grpc_web = !!(s->flags & STREAM_GRPC_WEB);
	body_begin(c, w, s, dir);
	return 0;
}

__attribute__((noinline)) int response_head_end(RUN_PARAMETERS)
{
	FIND_RUN(dir);
	struct http_event *e = NULL;
	struct stream *asks, *s;
	__u16 status;

	if (!c || !w)
		return 0;
	s = stream_of(c, dir);
	status = s->status;
	if (c->role == HTTP_ROLE_UNKNOWN)
		c->role = dir == RX ? HTTP_ROLE_CLIENT : HTTP_ROLE_SERVER;
	if (ending_claim(c)) /* the response before this one has left by now */
		response_done(c, w->sock, s->last_ns);
	s->is_resync = 0;
	asks = request_stream(c);
	/* An answer to a request whose head is not over yet: too long, most likely. */
	if (c->requests == c->responses && (asks->flags & STREAM_LINE) && !(asks->flags & STREAM_BEGUN))
		exchange_begin(c, w, asks);
	if (c->requests != c->responses)
		e = exchange_find(c, w->sock, c->responses);
	if (status >= 100 && status < 200 && status != 101) { /* interim */
		if (e && status == 100)
			e->flags |= HTTP_FLAG_CONTINUED;
		stream_rest(s);
		return 0;
	}
	if (c->requests == c->responses)
		count(COUNTER_LOST_UNPAIRED, 1);
	if (e) {
		e->status = status;
		e->first_byte_ns = s->message_ns;
		e->flags |= HTTP_FLAG_RESPONSE_STARTED;
	}
	if (status == 101 || (e && (e->flags & HTTP_FLAG_CONNECT) && status >= 200 && status < 300)) {
		if (e) {
			e->outcome = HTTP_OUTCOME_UPGRADED;
			e->flags |= HTTP_FLAG_REQUEST_DONE;
		}
		stream_rest(s);
		http2_upgrade(c);
		return 0;
	}
	if (status == 204 || status == 304 || (e && (e->flags & HTTP_FLAG_HEAD)))
		message_end(RUN_ARGUMENTS(c, w, dir));
	else
		body_begin(c, w, s, dir);
	return 0;
}

#endif
