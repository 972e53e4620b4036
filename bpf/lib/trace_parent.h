/* SPDX-License-Identifier: GPL-2.0 */
/* What a process is serving, and which of that a call of its belongs to. */
#ifndef LIB_TRACE_PARENT_H
#define LIB_TRACE_PARENT_H

#include "lib/exchange.h"
#include "lib/goroutine.h"
#include "lib/sock.h"
#include "lib/trace_id.h"
#include "lib/trace_uncounted.h"
#include "lib/traceparent.h"
#include "lib/turn.h"
#include "maps/traces.h"

#define SECOND_NS 1000000000ULL
#define TRACE_HOST_NS (15 * SECOND_NS)	 /* as long as bytes may take from a process of this host to another */
#define TRACE_ALONE_NS (600 * SECOND_NS) /* what a process does of its own accord speaks against links for so long */
#define TRACE_SETTLE_NS (10 * SECOND_NS) /* before, requests that came ahead of the capture may still be served */

/* Where traces begin that no policy speaks of. */
const volatile __u64 default_bound = ~0ULL;

static __always_inline __u64 trace_bound(__u32 pid)
{
	struct trace_policy *policy = bpf_map_lookup_elem(&trace_policies, &pid);

	return policy ? policy->bound : default_bound;
}

static __always_inline struct carried *carried_find(__u32 pid, __u64 id, const struct trace_context *t)
{
	struct carried_key key = { .pid = pid, .id = id };
	struct carried *found = bpf_map_lookup_elem(&carried, &key);

	return found && found->trace.id[0] == t->id[0] && found->trace.id[1] == t->id[1] ? found : NULL;
}

static __always_inline void carried_put(__u32 pid, __u64 id, const struct trace_context *t)
{
	struct carried_key key = { .pid = pid, .id = id };
	struct carried *before = bpf_map_lookup_elem(&carried, &key), now = { .trace = *t, .count = 1 };

	if (before)
		now.count += before->count;
	bpf_map_update_elem(&carried, &key, &now, BPF_ANY);
}

static __always_inline void carried_add(__u32 pid, const struct trace_context *t)
{
	carried_put(pid, t->parent, t);
	carried_put(pid, t->id[1], t);
}

static __always_inline void carried_remove(__u32 pid, __u64 id)
{
	struct carried_key key = { .pid = pid, .id = id };
	struct carried *found = bpf_map_lookup_elem(&carried, &key);

	if (found && --found->count == 0)
		bpf_map_delete_elem(&carried, &key);
}

/* Copies the trace of a request that is being served; false when it is not any more. `answer`: it may have begun. */
static __always_inline bool served(__u64 sock, __u64 connection, __u32 index, __u32 pid, bool answer,
				   struct trace_context *out)
{
	struct conn *c = bpf_map_lookup_elem(&conns, &sock);
	struct http_event *e;

	if (!c || c->role != HTTP_ROLE_SERVER || (connection && c->id != connection))
		return false;
	e = exchange_find(c, sock, index);
	if (!e || !e->trace.is_served || e->pid != pid || index - c->responses >= c->requests - c->responses)
		return false;
	if (!answer && e->flags & HTTP_FLAG_RESPONSE_STARTED)
		return false;
	*out = e->trace;
	/* Another CPU may have gone on with that connection meanwhile. */
	barrier();
	return index - c->responses < c->requests - c->responses && (!connection || c->id == connection);
}

static __always_inline bool is_blocking(const struct conn *c)
{
	const struct sock *sk = (const struct sock *)(c->sock & ~(__u64)TLS_KEY_PLAIN);

	const struct file *file = BPF_CORE_READ(sk, sk_socket, file);

	return file && !(BPF_CORE_READ(file, f_flags) & O_NONBLOCK);
}

static __always_inline void serving_add(const struct conn *c, const struct http_event *e)
{
	__u64 thread = bpf_get_current_pid_tgid();
	struct reading *before = bpf_map_lookup_elem(&reading, &thread);
	struct reading now = { .sock = c->sock, .connection = c->id, .index = e->index };
	struct request_ref request = { .sock = c->sock, .connection = c->id, .index = e->index };
	struct trace_context other;
	struct serving *s;
	__u32 pid = e->pid;

	turn_about(&request);
	now.is_blocking = is_blocking(c);
	if (before)
		now.is_shared =
			before->is_shared || served(before->sock, before->connection, before->index, pid, true, &other);
	if (before)
		*before = now; /* nobody else writes it, and in place costs a tenth of an update */
	else
		bpf_map_update_elem(&reading, &thread, &now, BPF_ANY);
	s = serving_of(pid, e->start_ns);
	if (!s)
		return;
	__sync_fetch_and_add(&s->count, 1);
	__sync_fetch_and_add(&s->socks, c->sock);
	__sync_fetch_and_add(&s->indexes, e->index);
}

/* `parent` and `id`: those of the header that the request came with, if it had one. */
__attribute__((noinline)) int serving_remove(__u32 pid, __u64 sock, __u32 index, __u64 parent, __u64 id)
{
	struct serving *s = bpf_map_lookup_elem(&serving, &pid);

	if (parent) {
		carried_remove(pid, parent);
		carried_remove(pid, id);
	}
	if (!s)
		return 0;
	__sync_fetch_and_add(&s->count, -1);
	__sync_fetch_and_add(&s->socks, -sock);
	__sync_fetch_and_add(&s->indexes, -index);
	return 0;
}

/*
 * Whether the process calls this address of its own accord: it did so while it served nothing. Such a call says so
 * for later ones.
 */
static __always_inline bool is_alone(const struct http_event *e, const struct serving *s)
{
	struct alone_key key = { .pid = e->pid, .port = e->remote_port };
	__u64 *last, now = e->start_ns;

	__builtin_memcpy(key.address, e->remote, sizeof(key.address));
	if (!s || s->count == 0) {
		if (s && now - s->since_ns > TRACE_SETTLE_NS)
			bpf_map_update_elem(&alone, &key, &now, BPF_ANY);
		return true;
	}
	last = bpf_map_lookup_elem(&alone, &key);
	return last && now - *last < TRACE_ALONE_NS;
}

/* What the goroutine that asks through this connection serves, or whoever began it did then. */
static __always_inline bool trace_goroutine(const struct conn *c, __u32 pid, struct trace_context *parent)
{
	__u64 sock = c->sock & ~(__u64)TLS_KEY_PLAIN;
	struct goroutine_key *call = bpf_map_lookup_elem(&go_calls, &sock);
	struct goroutine *caller;
	__u64 goid = 0;

	if (call) {
		if (call->pid == pid)
			goid = call->goid;
		bpf_map_delete_elem(&go_calls, &sock); /* said anew for each request */
	}
	if (!goid)
		goid = goroutine_current(pid);
	caller = goid ? goroutine_find(pid, goid) : NULL;
	return caller && !caller->stream && served(caller->sock, caller->connection, caller->index, pid, true, parent);
}

/* Whether one request is all that the process serves, whatever it may be asked through. */
static __always_inline bool is_only(const struct serving *s, __u64 now)
{
	return s && s->count == 1 && !s->uncounted && (!s->unsure_ns || now - s->unsure_ns > TRACE_ALONE_NS);
}

static __always_inline bool parent_by_turn(const struct conn *c, const struct http_event *e,
					   struct trace_context *parent)
{
	struct request_ref request;

	return turn_of_call(c, e, &request) &&
	       served(request.sock, request.connection, request.index, e->pid, true, parent);
}

/* The parent of a call that carries no header. False when there is none, or more than one that may be. */
static __always_inline bool trace_parent(const struct conn *c, const struct http_event *e, struct trace_context *t)
{
	__u64 thread = bpf_get_current_pid_tgid();
	__u32 pid = e->pid;
	struct serving *s = bpf_map_lookup_elem(&serving, &pid);
	struct reading *r = bpf_map_lookup_elem(&reading, &thread);
	struct trace_policy *policy = bpf_map_lookup_elem(&trace_policies, &pid);
	bool is_own = is_alone(e, s), stays = policy && policy->flags & TRACE_POLICY_FLAG_THREADS;
	struct trace_context parent = {};

	if (trace_goroutine(c, pid, &parent))
		t->link = TRACE_LINK_GOROUTINE;
	else if (parent_by_turn(c, e, &parent))
		t->link = TRACE_LINK_TURN;
	else if (r && !r->is_shared && (r->is_blocking || (stays && !is_own)) &&
		 served(r->sock, r->connection, r->index, pid, true, &parent))
		t->link = TRACE_LINK_THREAD;
	else if (is_only(s, e->start_ns) && !is_own && served(s->socks, 0, s->indexes, pid, false, &parent))
		t->link = TRACE_LINK_ONLY;
	else
		return false;
	t->id[0] = parent.id[0];
	t->id[1] = parent.id[1];
	t->parent = parent.span;
	t->flags = parent.flags;
	return true;
}

#endif
