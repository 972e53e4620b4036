/* SPDX-License-Identifier: GPL-2.0 */
/* What the probes in libraries of Go tell, enum go_place: which goroutine does what for whom, and the route of a request. */
#ifndef LIB_GO_LIBRARY_H
#define LIB_GO_LIBRARY_H

#include "lib/go_memory.h"
#include "lib/go_route.h"
#include "lib/goroutine.h"
#include "lib/target.h"

enum go_field {
	GO_G_M = 48, /* runtime.g.m, the same since the register ABI */
	GO_PERSIST_CONN = 80 + GO_INTERFACE_DATA,
	GO_HTTP2_SERVER_CONN = 16 + GO_INTERFACE_DATA, /* of net/http's and of grpc-go's */
	GO_HTTP2_STREAM_ID = 8,
	GO_LIMIT_CHI_PARTS = 4,
};

/* The exchange that a goroutine serves, if it still does. */
static __always_inline struct http_event *go_exchange(const struct goroutine *serving)
{
	struct conn *c = bpf_map_lookup_elem(&conns, &serving->sock);
	__u32 index = serving->index;

	if (!c || c->id != serving->connection || index - c->responses >= c->requests - c->responses)
		return NULL;
	return exchange_find(c, serving->sock, index);
}

static __always_inline void go_stream_tell(const struct goroutine *serving, __u64 handler_ns, __u32 route)
{
	struct stream_event event = { .kind = EVENT_KIND_STREAM,
				      .stream = serving->stream,
				      .connection = serving->connection,
				      .handler_ns = handler_ns,
				      .route = route };

	if (ring_send(&event, sizeof(event)))
		count(COUNTER_LOST_ROUTE, 1);
}

/* ServeHTTP of net/http's own handler. What a goroutine does first is what the request waited for. */
static __always_inline void go_handler(__u32 pid, __u64 goid)
{
	struct goroutine *serving = goroutine_find(pid, goid);
	struct http_event *e = serving && !serving->stream ? go_exchange(serving) : NULL;

	if (e && !e->handler_ns)
		e->handler_ns = bpf_ktime_get_ns();
}

/* The runtime's own goroutine puts a new one in line for the one that asked for it. */
static __always_inline void go_spawn(const struct go_process *process, __u32 pid, __u64 scheduler, __u64 made)
{
	__u64 parent = goid_of(process, go_word(go_word(scheduler + GO_G_M) + process->curg));
	struct goroutine *serving = parent ? goroutine_find(pid, parent) : NULL;
	struct goroutine inherited;

	if (!serving)
		return;
	inherited = *serving;
	goroutine_put(pid, goid_of(process, made), &inherited);
}

/* The calling goroutine asks; another one will write. */
static __always_inline void go_call(__u32 pid, __u64 goid, __u64 persist_conn)
{
	struct goroutine_key caller = { .goid = goid, .pid = pid };
	__u64 sock = go_sock_of(go_word(persist_conn + GO_PERSIST_CONN));

	if (sock && goid)
		bpf_map_update_elem(&go_calls, &sock, &caller, BPF_ANY);
}

/* The goroutine is a stream's own, of a connection that the library has in `server`. `tells`: when it begins is asked for. */
static __always_inline void go_serves_stream(__u32 pid, __u64 goid, __u64 server, __u64 id_at, bool tells)
{
	__u64 sock = go_sock_of(go_word(server + GO_HTTP2_SERVER_CONN));
	struct goroutine serving = {};
	struct conn *c;

	bpf_probe_read_user(&serving.stream, sizeof(serving.stream), (void *)id_at);
	c = sock ? bpf_map_lookup_elem(&conns, &sock) : NULL;
	if (!c || !serving.stream || !goid)
		return;
	serving.sock = sock;
	serving.connection = c->id; /* its plaintext has the same */
	goroutine_put(pid, goid, &serving);
	if (tells)
		go_stream_tell(&serving, bpf_ktime_get_ns(), 0);
}

static __always_inline void go_lookup(__u32 pid, __u64 goid, __u64 context)
{
	struct goroutine_key key = { .goid = goid, .pid = pid };

	bpf_map_update_elem(&go_lookups, &key, &context, BPF_ANY);
}

static __always_inline __u64 go_lookup_take(__u32 pid, __u64 goid)
{
	struct goroutine_key key = { .goid = goid, .pid = pid };
	__u64 *found = bpf_map_lookup_elem(&go_lookups, &key), context = found ? *found : 0;

	if (found)
		bpf_map_delete_elem(&go_lookups, &key);
	return context;
}

/* Routers within routers: the pattern is what all of them have found. */
static __always_inline void go_parts(struct go_draft *draft, __u64 slice)
{
	struct go_span parts, part;
	__u32 i;

	go_span_read(&parts, slice);
	for (i = 0; i < GO_LIMIT_CHI_PARTS && i < parts.length; i++) {
		go_span_read(&part, parts.at + i * sizeof(part));
		go_draft_add(draft, &part);
	}
}

/* The pattern that a router has found for the request of its goroutine; empty when it has found none that counts. */
static __always_inline void go_found(struct pt_regs *ctx, __u32 place, __u64 field, __u64 context,
				     struct go_draft *draft)
{
	struct go_span string = { .at = GO_ARGUMENT_3(ctx), .length = GO_ARGUMENT_4(ctx) };

	if (place == GO_PLACE_PARTS) {
		go_parts(draft, context + field);
		return;
	}
	if (place == GO_PLACE_MUX) { /* (…, path, …, match, route): routers around the one that matched come later */
		if (go_word(GO_ARGUMENT_7(ctx)) != GO_ARGUMENT_8(ctx))
			return;
		go_span_read(&string, GO_ARGUMENT_2(ctx));
	} else if (place != GO_PLACE_PATTERN) {
		go_span_read(&string, context + field);
	}
	go_draft_add(draft, &string);
}

static __always_inline void go_routed(__u32 pid, __u64 goid, const struct go_draft *draft)
{
	struct goroutine *serving = goroutine_find(pid, goid);
	struct http_event *e;
	__u32 number;

	if (!serving || !(number = go_route_number(&draft->route, draft->length)))
		return;
	if (serving->stream) {
		go_stream_tell(serving, 0, number);
		return;
	}
	e = go_exchange(serving);
	if (e)
		e->route = number;
}

#endif
