/* SPDX-License-Identifier: GPL-2.0 */
/* Routes that libraries in Go have found for a request: each is told once, then named by its number. */
#ifndef LIB_GO_ROUTE_H
#define LIB_GO_ROUTE_H

#include "lib/count.h"
#include "maps/events.h"
#include "maps/go_routes.h"

/* A string or a slice of Go, in memory or in registers. */
struct go_span {
	__u64 at;
	__u64 length;
};

static __always_inline void go_span_read(struct go_span *span, __u64 address)
{
	if (bpf_probe_read_user(span, sizeof(*span), (void *)address))
		span->at = span->length = 0;
}

/* A route that is being put together. */
struct go_draft {
	struct go_route route;
	__u8 slack[GO_LIMIT_ROUTE_BYTES]; /* room that proves to the verifier that texts stay inside */
	__u32 length;
	__u32 reserved;
};

/* Puts a string behind what is there, as far as it fits. */
static __always_inline void go_draft_add(struct go_draft *draft, const struct go_span *string)
{
	__u32 at = draft->length & (GO_LIMIT_ROUTE_BYTES - 1), room = GO_LIMIT_ROUTE_BYTES - 1 - at;
	__u32 n = string->length < room ? string->length : room;

	barrier_var(n);
	n &= GO_LIMIT_ROUTE_BYTES - 1;
	bpf_probe_read_user(draft->route.text + at, n, (void *)string->at);
	draft->length = at + n;
}

/* A number that no route had yet; 0: never. The CPU is a part of it, for kernels before 5.12 cannot count for all at once. */
static __always_inline __u32 go_route_next(void)
{
	__u32 zero = 0, *latest = bpf_map_lookup_elem(&go_route_count, &zero), count;

	if (!latest)
		return 0;
#ifdef CAN_PASS_MEMORY
	count = __sync_fetch_and_add(latest, 1);
#else
	count = (*latest)++;
#endif
	return (count + 1) << GO_ROUTE_CPU_BITS | bpf_get_smp_processor_id();
}

static __always_inline __u32 go_route_new(const struct go_route *route, __u32 length)
{
	struct route_event *event;
	__u32 number = go_route_next(), *other;

	if (!number)
		return 0;
	if (bpf_map_update_elem(&go_routes, route, &number, BPF_NOEXIST)) {
		other = bpf_map_lookup_elem(&go_routes, route); /* another CPU was first */
		if (!other)
			count(COUNTER_LOST_ROUTE, 1);
		return other ? *other : 0;
	}
	event = bpf_ringbuf_reserve(&events, sizeof(*event), 0);
	if (!event) {
		bpf_map_delete_elem(&go_routes, route);
		count(COUNTER_LOST_ROUTE, 1);
		return 0;
	}
	event->kind = EVENT_KIND_ROUTE;
	event->bytes = length;
	event->route = number;
	__builtin_memcpy(event->text, route->text, sizeof(event->text));
	bpf_ringbuf_submit(event, 0);
	return number;
}

/* Its number; 0 = there is no room, or nothing to tell. */
static __always_inline __u32 go_route_number(const struct go_route *route, __u32 length)
{
	__u32 *known = length ? bpf_map_lookup_elem(&go_routes, route) : NULL;

	if (known)
		return *known;
	return length ? go_route_new(route, length) : 0;
}

#endif
