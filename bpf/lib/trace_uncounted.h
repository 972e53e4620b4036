/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Traffic that makes a process act without being counted among what it serves: HTTP/2, TLS that nobody looks into, other
 * protocols. Beside it, a process that serves one request for all we know may be serving others.
 */
#ifndef LIB_TRACE_UNCOUNTED_H
#define LIB_TRACE_UNCOUNTED_H

#include "lib/conn.h"
#include "maps/traces.h"

enum uncounted_port { UNCOUNTED_PORT_CLIENTS = 32768 }; /* below, no Linux client begins a connection by itself */

/* What is known of what a process serves; made when there is nothing. */
static __always_inline struct serving *serving_of(__u32 pid, __u64 now)
{
	struct serving *s = bpf_map_lookup_elem(&serving, &pid), first = { .since_ns = now };

	if (s)
		return s;
	bpf_map_update_elem(&serving, &pid, &first, BPF_NOEXIST);
	return bpf_map_lookup_elem(&serving, &pid);
}

/* Whether the process asks and the other end answers: it spoke first on a connection that does not look like a server's. */
static __always_inline bool uncounted_is_called(const struct conn *c, int dir)
{
	bool is_remote_client = c->slot.remote_port >= UNCOUNTED_PORT_CLIENTS;

	if (c->role != HTTP_ROLE_UNKNOWN)
		return c->role == HTTP_ROLE_CLIENT;
	if (c->is_old)
		return c->slot.local_port >= UNCOUNTED_PORT_CLIENTS && !is_remote_client;
	if (c->slot.local_port < UNCOUNTED_PORT_CLIENTS && is_remote_client)
		return false;
	return dir == TX && !c->stream[RX].is_known;
}

/* The connection of the current process turns out to carry what nobody counts; the bytes that say so go in direction `dir`. */
static __always_inline void uncounted_begin(struct conn *c, int dir)
{
	struct serving *s;

	if (c->uncounted)
		return;
	c->uncounted = uncounted_is_called(c, dir) ? UNCOUNTED_CALLED : UNCOUNTED_SERVED;
	c->uncounted_pid = bpf_get_current_pid_tgid() >> 32;
	s = serving_of(c->uncounted_pid, bpf_ktime_get_ns());
	if (s && c->uncounted == UNCOUNTED_SERVED)
		__sync_fetch_and_add(&s->uncounted, 1);
}

/* It is over, or counted from now on. */
static __always_inline void uncounted_end(struct conn *c)
{
	__u32 pid = c->uncounted_pid;
	struct serving *s;

	if (c->uncounted == UNCOUNTED_SERVED) {
		s = bpf_map_lookup_elem(&serving, &pid);
		if (s)
			__sync_fetch_and_add(&s->uncounted, -1);
	}
	c->uncounted = UNCOUNTED_NONE;
}

/* From now on, and for a while, what the process does may have causes that nobody has seen. */
__attribute__((noinline)) int serving_unsure(__u32 pid)
{
	__u64 now = bpf_ktime_get_ns();
	struct serving *s = serving_of(pid, now);

	if (s)
		s->unsure_ns = now;
	return 0;
}

/*
 * Bytes came through a connection by which the process asks. While it serves nothing, they are no part of an answer: they are
 * what it acts upon, like the messages that a consumer fetches.
 */
static __always_inline void uncounted_received(const struct conn *c)
{
	__u32 pid = c->uncounted_pid;
	struct serving *s;

	if (c->uncounted != UNCOUNTED_CALLED)
		return;
	s = bpf_map_lookup_elem(&serving, &pid);
	if (s && !s->count)
		s->unsure_ns = bpf_ktime_get_ns();
}

#endif
