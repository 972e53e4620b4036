/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The plaintext side of TLS: what a library's connection decrypts and encrypts is walked like the bytes of a socket, in a connection
 * of its own. Its bytes have no sequence numbers; they are counted.
 */
#ifndef LIB_TLS_PLAIN_H
#define LIB_TLS_PLAIN_H

#include "lib/http_close.h"
#include "lib/plain_work.h"
#include "lib/source.h"
#include "maps/tls_sessions.h"

enum tls_space { TLS_KEY_BITS = 47 }; /* of a user address */

enum plain_window {
	PLAIN_OPTION_WINDOW = 1 << 30
}; /* of the bytes before the first request, its option may be anywhere */

/* The encrypted connection of a session, as long as it is the one that the session was bound to. */
static __always_inline struct conn *tls_carrier(const struct tls_session *session)
{
	__u64 sock = session->plain & ~(__u64)TLS_KEY_PLAIN;
	struct conn *carrier = bpf_map_lookup_elem(&conns, &sock);

	return carrier && carrier->id == session->conn_id ? carrier : NULL;
}

/* Which connection this library's connection belongs to, if that is known and still true. */
static __always_inline struct tls_session *tls_session_find(const struct tls_session_key *key)
{
	struct tls_session *session = bpf_map_lookup_elem(&tls_sessions, key);

	return session && (!session->conn_id || tls_carrier(session)) ? session : NULL;
}

/* Binds a library's connection to a socket's; unless that is sure, only to one that no other has. */
static __always_inline void tls_session_bind(const struct tls_session_key *key, __u64 sock, __u64 conn_id, bool is_sure)
{
	struct tls_session session = { .plain = sock | TLS_KEY_PLAIN, .conn_id = conn_id };
	struct conn *carrier = tls_carrier(&session);

	if (carrier && (is_sure || !carrier->is_plain_seen))
		bpf_map_update_elem(&tls_sessions, key, &session, BPF_ANY);
}

/* A session whose socket nobody could tell: what it says is told without addresses. */
static __always_inline void tls_session_unbound(const struct tls_session_key *key)
{
	struct tls_session session = { .plain = key->session | TLS_KEY_PLAIN |
						(__u64)(key->pid & 0xffff) << TLS_KEY_BITS };

	bpf_map_update_elem(&tls_sessions, key, &session, BPF_ANY);
	count(COUNTER_TLS_NO_SOCKET, 1);
}

static __always_inline void tls_seen(__u32 pid)
{
	struct tls_process *process = bpf_map_lookup_elem(&tls_processes, &pid);

	if (process)
		process->seen++;
	count(COUNTER_TLS_SEEN, 1);
}

/* The library lets go of its connection. What came through a socket ends with that one. */
static __always_inline void tls_session_end(const struct tls_session_key *key)
{
	struct tls_session *session = bpf_map_lookup_elem(&tls_sessions, key);
	__u64 plain;

	if (!session)
		return;
	plain = session->plain;
	if (!session->conn_id) {
		close_exchanges(plain, HTTP_OUTCOME_LOCAL_CLOSED);
		conn_forget(plain);
	}
	bpf_map_delete_elem(&tls_sessions, key);
}

static __always_inline __u32 plain_end(const __u8 *address, __u16 port)
{
	const __u32 *words = (const __u32 *)address;
	bool is_mapped = !words[0] && !words[1] && words[2] == bpf_htonl(0xffff);

	return port * 0x9e3779b1U + (is_mapped ? words[3] : words[0] ^ words[1] ^ words[2] ^ words[3]);
}

/*
 * Where the count of bytes begins: the same at both ends of a connection, and different for every connection, like the
 * sequence numbers by which requests between processes of this host are recognised.
 */
static __always_inline __u32 plain_origin(const struct http_event *ends)
{
	return (plain_end(ends->local, ends->local_port) + plain_end(ends->remote, ends->remote_port)) * 0x85ebca6bU;
}

/* The connection that holds the plaintext, if it is not the one of a socket that was here before. */
static __always_inline struct conn *plain_known(const struct tls_session *session)
{
	__u64 key = session->plain;
	struct conn *c = bpf_map_lookup_elem(&conns, &key);

	if (!c || !session->conn_id || c->id == session->conn_id)
		return c;
	conn_forget(key);
	return NULL;
}

/* The same, made when there is none. */
static __always_inline struct conn *plain_conn(const struct tls_session *session)
{
	struct conn *c = plain_known(session), *carrier;
	__u64 *since;
	__u32 zero = 0;

	if (c)
		return c;
	carrier = session->conn_id ? tls_carrier(session) : NULL;
	if (session->conn_id && !carrier)
		return NULL; /* closed by another thread */
	c = conn_make(session->plain);
	if (!c)
		return NULL;
	c->is_tls = 1;
	c->id = (bpf_ktime_get_ns() & ~0xffULL) | (bpf_get_smp_processor_id() & 0xff);
	c->is_old = 1;
	if (carrier) {
		since = bpf_map_lookup_elem(&tls_since, &zero);
		c->id = carrier->id;
		c->is_old = carrier->is_old || !since || carrier->id < *since;
		c->slot.family = carrier->slot.family;
		c->slot.local_port = carrier->slot.local_port;
		c->slot.remote_port = carrier->slot.remote_port;
		__builtin_memcpy(c->slot.local, carrier->slot.local, sizeof(c->slot.local));
		__builtin_memcpy(c->slot.remote, carrier->slot.remote, sizeof(c->slot.remote));
		c->stream[RX].next = c->stream[TX].next = plain_origin(&c->slot);
		c->option_from = carrier->stream[RX].next - PLAIN_OPTION_WINDOW;
		carrier->is_plain_seen = 1;
		if (is_tracing)
			uncounted_end(carrier);
		carrier->kind = CONN_KIND_OPAQUE;
	}
	c->stream[RX].is_resync = c->stream[TX].is_resync = c->is_old;
	tls_seen(current_process());
	return c;
}

/* Plaintext that a call has moved: what plain_run is to be told. */
struct plain_call {
	const struct tls_session *session;
	__u64 buffer;
	__u64 begin_ns;
	__u32 length;
	int dir;
};

/*
 * `length` bytes of plaintext at `buffer`, that the process read (RX) or wrote (TX) by a call that began at `begin_ns`. A
 * request begins when the call begins, a response ends when it ends.
 */
TAKES_MEMORY int plain_run(const struct tls_session *session, __u64 buffer, __u32 length, __u64 begin_ns, int dir)
{
	const struct tcp_sock *tp = NULL;
	struct conn *c = session ? plain_conn(session) : NULL;
	__u32 *taken;
	__u64 now = bpf_ktime_get_ns();
	struct stream *s;
	struct work *w;

	dir &= 1;
	if (!c || c->kind == CONN_KIND_OPAQUE || !(w = plain_work_take(&taken, dir)))
		return 0;
	s = stream_of(c, dir);
	if (dir == TX && c->role != HTTP_ROLE_SERVER)
		now = begin_ns;
	if (session->conn_id)
		tp = (const struct tcp_sock *)(c->sock & ~(__u64)TLS_KEY_PLAIN);
	run_prepare(c, w, s->next, length, now);
	run_origin(c, tp, now, dir);
	w->sure = length; /* what the library takes is not given back */
	s->is_known = 1;
	s->next += length;
	s->last_ns = now;
	source_buffer(w, buffer);
	source_walk(c, w, dir);
	plain_work_give(taken);
	return 0;
}

#endif
