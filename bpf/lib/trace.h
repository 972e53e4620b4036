/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The trace of an exchange, known when the head of its request is: a server's from what the request carries, a client's from
 * what its process is serving. Where that is not certain there is no link.
 */
#ifndef LIB_TRACE_H
#define LIB_TRACE_H

#include "lib/conn.h"
#include "lib/exchange.h"
#include "lib/run_arguments.h"
#include "lib/tls_met.h"
#include "lib/trace_parent.h"
#include "maps/headers.h"
#include "maps/options.h"

/* Constants, so that without traces no instruction of this is loaded. */
#ifdef SEES_PACKETS
static const bool is_tracing = false;
#else
const volatile bool is_tracing;
#endif
const volatile bool is_using_options;
const volatile bool is_writing_headers;
const volatile bool is_relating_host; /* exchanges of this host are joined without any help of theirs */

/* What a request carries: a request that says it twice says nothing. */
static __always_inline bool trace_header(const struct conn *c, struct trace_context *t)
{
	return c->traceparents == 1 && traceparent_read(c->traceparent, c->traceparent_bytes, t);
}

/* The same bytes were sent by a process of this host, a moment ago. */
static __always_inline bool trace_from_host(const struct conn *c, __u32 seq, __u64 now, struct trace_context *t)
{
	struct sent_key key = { .seq = seq, .port = c->slot.remote_port };
	struct sent *s = is_relating_host ? bpf_map_lookup_elem(&sent, &key) : NULL;

	if (!s || now - s->ns > TRACE_HOST_NS)
		return false;
	t->id[0] = s->trace.id[0];
	t->id[1] = s->trace.id[1];
	t->parent = s->trace.span;
	t->flags = s->trace.flags;
	return true;
}

/*
 * Whether the option came with the request in hand, which begins at `seq`. What was decrypted has other numbers: there it came
 * with bytes that were read since the request before. That suffices, for in TLS the sender writes none while it waits for an answer.
 */
static __always_inline bool option_is_of(const struct option_context *option, struct conn *c, __u32 seq)
{
	__u64 sock = c->sock & ~(__u64)TLS_KEY_PLAIN;
	__u32 from = c->option_from;
	struct conn *carrier;

	if (c->sock == sock)
		return option->seq == seq;
	carrier = bpf_map_lookup_elem(&conns, &sock);
	if (!carrier)
		return false;
	c->option_from = carrier->stream[RX].next;
	return option->seq - from < carrier->stream[RX].next - from;
}

/* A captured process of another host sent it, and its agent has said so in the segment that it begins with. */
static __always_inline bool trace_from_option(struct conn *c, __u32 seq, struct trace_context *t)
{
	__u64 key = c->sock & ~(__u64)TLS_KEY_PLAIN;
	struct option_context *option = is_using_options ? bpf_map_lookup_elem(&options_in, &key) : NULL;

	if (!option || !option_is_of(option, c, seq) || option->is_over)
		return false;
	option->is_over = 1;
	t->id[0] = option->id[0];
	t->id[1] = option->id[1];
	t->parent = option->span;
	t->flags = option->flags;
	return true;
}

/* The segment of this socket that begins at `seq` shall carry the context. */
static __always_inline void option_leaves(__u64 sock, __u32 seq, const struct trace_context *t)
{
	struct option_context option = { .span = t->span, .seq = seq, .flags = t->flags };

	option.id[0] = t->id[0];
	option.id[1] = t->id[1];
	bpf_map_update_elem(&options_out, &sock, &option, BPF_ANY);
}

/* A header shall go into the request, behind its first line. */
static __always_inline void header_leaves(__u64 sock, const struct http_event *e, __u32 seq)
{
	const struct trace_context *t = &e->trace;
	struct header_context header = { .span = t->span, .seq = seq, .at = e->line_bytes, .flags = t->flags };

	header.id[0] = t->id[0];
	header.id[1] = t->id[1];
	bpf_map_update_elem(&headers_out, &sock, &header, BPF_ANY);
}

static __always_inline void trace_root(__u32 pid, struct trace_context *t)
{
	t->id[0] = trace_random();
	t->id[1] = trace_unique(trace_seed[1]);
	t->parent = 0;
	t->flags = bpf_be64_to_cpu(t->id[1]) >> 12 < trace_bound(pid);
	t->link = TRACE_LINK_NONE;
}

/* As the next two a function of its own, since the stacks of functions that call each other have 512 bytes together. */
static __attribute__((noinline)) void trace_serve(struct conn *c, struct http_event *e, __u32 seq, bool has_header)
{
	struct trace_context *t = &e->trace;

	t->span = trace_unique(trace_seed[0]);
	if (has_header)
		t->link = TRACE_LINK_HEADER;
	else if (trace_from_option(c, seq, t))
		t->link = TRACE_LINK_OPTION;
	else if (trace_from_host(c, seq, e->start_ns, t))
		t->link = TRACE_LINK_HOST;
	else
		trace_root(e->pid, t);
	t->is_served = 1;
	if (t->link == TRACE_LINK_HEADER)
		carried_add(e->pid, t);
	serving_add(c, e);
}

/* The client's request has a header: whoever wrote it knows the trace, and is trusted. */
static __always_inline void trace_carried(struct http_event *e, struct trace_context *t)
{
	__u64 caller = t->parent;
	struct carried *same = carried_find(e->pid, caller, t);

	t->link = TRACE_LINK_FORWARDED;
	t->span = trace_unique(trace_seed[0]);
	if (same) {
		t->parent = same->trace.span;
		return;
	}
	/* A library in the process has made a span for this call, and given it this id. */
	t->link = TRACE_LINK_HEADER;
	t->span = caller;
	same = carried_find(e->pid, t->id[1], t);
	t->parent = same && same->count == 1 ? same->trace.span : 0;
}

/* Of a call that carries none. */
static __always_inline void trace_new(const struct conn *c, const struct http_event *e, struct trace_context *t)
{
	t->span = trace_unique(trace_seed[0]);
	if (!trace_parent(c, e, t))
		trace_root(e->pid, t);
}

/* What a call is part of. */
static __attribute__((noinline)) void trace_ask(struct conn *c, struct http_event *e, bool has_header)
{
	struct trace_context *t = &e->trace;

	if (has_header) {
		trace_carried(e, t);
	} else if (c->promise.span) {
		*t = c->promise;
	} else {
		trace_new(c, e, t);
	}
	c->promise.span = 0;
}

/* Says so to the other end. `is_first`: the request begins the run of bytes in hand. */
static __attribute__((noinline)) void trace_leaves(const struct conn *c, const struct http_event *e, __u32 seq,
						   bool is_first)
{
	bool is_mute = !c->traceparents && !(c->sock & TLS_KEY_PLAIN);
	struct sent_key key = { .seq = seq, .port = c->slot.local_port };
	struct sent sending = {};

	if (is_using_options && is_mute)
		option_leaves(c->sock, seq, &e->trace);
	if (is_writing_headers && is_mute && is_first)
		header_leaves(c->sock, e, seq);
	if (!is_relating_host)
		return;
	sending.trace = e->trace;
	sending.ns = e->start_ns;
	bpf_map_update_elem(&sent, &key, &sending, BPF_ANY);
}

/* The head of the request that begins at `seq` is over. */
static __always_inline int trace_begin(__u64 sock, __u32 seq, bool is_first)
{
	struct conn *c = bpf_map_lookup_elem(&conns, &sock);
	struct http_event *e = c ? exchange_find(c, sock, c->requests - 1) : NULL;
	bool has_header;

	if (!e)
		return 0;
	__builtin_memset(&e->trace, 0, sizeof(e->trace));
	has_header = trace_header(c, &e->trace);
	if (c->role == HTTP_ROLE_SERVER) {
		trace_serve(c, e, seq, has_header);
		return 0;
	}
	trace_ask(c, e, has_header);
	trace_leaves(c, e, seq, is_first);
	return 0;
}

/*
 * What the step just made left to do. Not within it: the stacks of all functions that call each other have 512 bytes together,
 * and kernels before 5.13 count calls that are never made.
 */
__attribute__((noinline)) int trace_due(WORK_PARAMETER)
{
	FIND_WORK(dir);

	if (!w || !w->begun)
		return 0;
	w->begun = 0;
	return trace_begin(w->sock, w->begun_seq, w->begun_seq == w->seq);
}

/* The connection is gone. */
static __always_inline void conn_forget(__u64 key)
{
	struct conn *c = is_tracing ? bpf_map_lookup_elem(&conns, &key) : NULL;

	if (c)
		uncounted_end(c);
	bpf_map_delete_elem(&conns, &key);
}

/* A request is answered, or never will be. */
static __always_inline void trace_answered(struct http_event *e, __u64 sock)
{
	if (e && e->trace.is_served)
		serving_remove(e->pid, sock, e->index, e->trace.link == TRACE_LINK_HEADER ? e->trace.parent : 0,
			       e->trace.id[1]);
}

#endif
