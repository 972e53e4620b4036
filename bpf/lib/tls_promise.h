/* SPDX-License-Identifier: GPL-2.0 */
/*
 * TCP options for requests in TLS. What a library encrypts is walked when its call returns, and by then the segment may have left. So
 * the trace of a request is decided when the call begins, and kept for the walk.
 */
#ifndef LIB_TLS_PROMISE_H
#define LIB_TLS_PROMISE_H

#include "lib/tls_plain.h"

/* A method of three letters or more; of HTTP/2's preface the other end makes nothing. */
static __always_inline bool promise_is_wanted(__u64 buffer)
{
	__u8 first[4] = {};
	__u32 i;

	if (bpf_probe_read_user(first, sizeof(first), (void *)buffer))
		return false;
	for (i = 0; i < 3; i++)
		if (first[i] < 'A' || first[i] > 'Z')
			return false;
	return !(first[0] == 'P' && first[1] == 'R' && first[2] == 'I') &&
	       !(first[0] == 'H' && first[1] == 'T' && first[2] == 'T');
}

/* Only a connection that waits for nothing: so the other end knows whose an option is, however it reads. */
static __always_inline bool promise_is_possible(const struct conn *c)
{
	return c && c->role != HTTP_ROLE_SERVER && (c->kind == CONN_KIND_UNKNOWN || c->kind == CONN_KIND_HTTP1) &&
	       c->requests == c->responses && !c->is_slot_used && c->stream[TX].phase == PHASE_HEAD &&
	       !c->stream[TX].head;
}

/* The trace of a request that is about to be encrypted. Global: the verifier looks at it once. */
TAKES_MEMORY int promise_make(const struct tls_session *session)
{
	struct conn *c = session ? plain_conn(session) : NULL;
	__u64 sock;

	if (!promise_is_possible(c))
		return 0;
	sock = c->sock & ~(__u64)TLS_KEY_PLAIN;
	c->slot.pid = bpf_get_current_pid_tgid() >> 32;
	c->slot.start_ns = bpf_ktime_get_ns();
	trace_new(c, &c->slot, &c->promise);
	option_leaves(sock, SOCK_READ((const struct tcp_sock *)sock, write_seq), &c->promise);
	return 0;
}

/* A library call is about to encrypt what lies at `buffer`. */
static __always_inline void tls_promise(const struct tls_session_key *key, __u64 buffer)
{
	struct tls_session *session = is_tracing && is_using_options ? tls_session_find(key) : NULL;

	if (session && session->conn_id && promise_is_wanted(buffer))
		promise_make(session);
}

#endif
