/* SPDX-License-Identifier: GPL-2.0 */
/* The end of a connection: every exchange that still waits gets its record, at once and with the reason. */
#ifndef LIB_HTTP_CLOSE_H
#define LIB_HTTP_CLOSE_H

#include "lib/http2_step.h"
#include "lib/http_message.h"
#include "lib/http_run.h"
#include "lib/sock.h"
#include "lib/target.h"
#include "lib/tls_met.h"

const volatile bool is_spare; /* a copy: another one may have seen the same event, see src/kernel/spares.ts */

static __always_inline __u8 close_outcome(const struct conn *c, const struct sock *sk, int old_state, int new_state)
{
	if (c->is_peer_closed)
		return HTTP_OUTCOME_PEER_CLOSED;
	if (new_state != STATE_CLOSE)
		return HTTP_OUTCOME_LOCAL_CLOSED;
	if (SOCK_READ(sk, sk_err))
		return HTTP_OUTCOME_PEER_RESET;
	/* Half closed by this process, and now by the other end. */
	return old_state == STATE_FIN_WAIT1 || old_state == STATE_FIN_WAIT2 || old_state == STATE_CLOSING
		       ? HTTP_OUTCOME_PEER_CLOSED
		       : HTTP_OUTCOME_LOCAL_RESET;
}

/* The oldest exchange may be half answered, or answered before its request was over. */
static __always_inline void close_current(struct conn *c, __u64 key, __u8 outcome, __u64 now)
{
	struct stream *answer = response_stream(c), *request = request_stream(c);
	struct http_event *e = exchange_find(c, key, c->responses);
	bool is_server_side_end;

	if (!e)
		return;
	if (c->requests - c->responses == 1 && !(e->flags & HTTP_FLAG_REQUEST_DONE))
		e->request_bytes = request->body;
	if (e->flags & HTTP_FLAG_RESPONSE_DONE)
		return;
	is_server_side_end = c->role == HTTP_ROLE_SERVER ? outcome == HTTP_OUTCOME_LOCAL_CLOSED
							 : outcome == HTTP_OUTCOME_PEER_CLOSED;
	if (c->is_ending) { /* handed over whole; the kernel had not taken all of it */
		e->end_ns = answer->last_ns;
		e->outcome = is_server_side_end ? HTTP_OUTCOME_COMPLETE : outcome;
		return;
	}
	e->end_ns = now;
	e->outcome = outcome;
	if (!(e->flags & HTTP_FLAG_RESPONSE_STARTED))
		return;
	e->response_bytes = answer->body;
	/* https://www.rfc-editor.org/rfc/rfc9112#section-6.3 case 8: the server's close ends the body. */
	if (answer->phase == PHASE_UNTIL_CLOSE && is_server_side_end) {
		e->outcome = HTTP_OUTCOME_COMPLETE;
		e->end_ns = answer->last_ns;
	}
}

/* Finishes the oldest exchange that waits. Returns 0 when there is none. Global: the verifier looks at it once. */
__attribute__((noinline)) int close_next(__u64 key, __u64 now, __u32 outcome)
{
	struct conn *c = bpf_map_lookup_elem(&conns, &key);
	struct http_event *e;

	if (!c || c->responses == c->requests)
		return 0;
	e = exchange_find(c, key, c->responses);
	if (!e) { /* found no room when it came: already counted */
		c->responses++;
		return 1;
	}
	if (!e->end_ns) {
		e->end_ns = now;
		e->outcome = outcome;
	}
	exchange_finish(c, key, e);
	return 1;
}

/* The same for some of them. */
__attribute__((noinline)) int close_some(__u64 key, __u64 now, __u32 outcome)
{
	__u32 i;

	for (i = 0; i < EXCHANGE_LIMIT_ROOT; i++)
		if (!close_next(key, now, outcome))
			return 0;
	return 1;
}

/* Bytes that the kernel carried and no program saw, such as those of splice(2) or of a missed call. False when there are none. */
static __always_inline bool close_gap(struct stream *s, __u32 seq)
{
	__s32 gap = seq - s->next;

	if (!s->is_known || gap <= 0)
		return false;
	count(COUNTER_BYTES_MISSED, gap);
	if (s->phase == PHASE_UNTIL_CLOSE)
		s->body += gap;
	return true;
}

/*
 * What the kernel has taken and given since the last run that was seen, now that the connection ends. Returns whether answers
 * may be among it.
 */
static __always_inline bool close_gaps(struct conn *c, const struct tcp_sock *tp)
{
	bool is_read_unseen = close_gap(&c->stream[RX], sock_read_seq(tp)), is_sent_unseen;

	if (sees_packets) /* what was written and never left is nothing that was missed */
		return c->role == HTTP_ROLE_CLIENT && is_read_unseen;
	is_sent_unseen = close_gap(&c->stream[TX], SOCK_READ(tp, write_seq) - c->is_shut);
	/* Taken by the kernel to the last byte, before the call that sent it could say so. */
	run_settle(c, SOCK_READ(tp, write_seq));
	return c->role == HTTP_ROLE_SERVER ? is_sent_unseen : is_read_unseen;
}

/* Answers passed unseen: better no span than one that says that there was none. */
static __always_inline void close_unread(struct conn *c)
{
	struct http_event *e = exchange_find(c, c->sock, c->responses);
	__u32 i;

	if (e && e->flags & HTTP_FLAG_RESPONSE_STARTED)
		return;
	for (i = 0; i < EXCHANGE_LIMIT_ROOT && exchanges_drop(c->sock); i++)
		;
}

/*
 * Nothing more passes through this connection: finishes its exchanges. Global: the verifier looks at it once, for the bytes
 * of the socket and for what was decrypted from them.
 */
__attribute__((noinline)) int close_exchanges(__u64 key, __u32 outcome)
{
	struct conn *c = bpf_map_lookup_elem(&conns, &key);
	__u64 now = bpf_ktime_get_ns();
	bool is_answer_unseen = false;
	struct stream *request;
	__u32 i;

	if (!c)
		return 0;
	if (c->kind == CONN_KIND_OPAQUE || c->is_upgrading) {
		upgrade_done(c, c->sock, now);
		return 0;
	}
	if (!(key & TLS_KEY_PLAIN))
		is_answer_unseen = close_gaps(c, (const struct tcp_sock *)key);
	if (c->kind == CONN_KIND_HTTP2) {
		http2_close(c, outcome, now);
		return 0;
	}
	if (is_answer_unseen)
		close_unread(c);
	close_current(c, c->sock, outcome, now);
	request = request_stream(c);
	if (request->head && request->phase == PHASE_HEAD && !(request->flags & STREAM_BEGUN)) {
		count(COUNTER_LOST_TRUNCATED_HEAD, 1);
		if (request->flags & STREAM_DRAFTED)
			exchange_release(c, c->sock, c->requests);
	}
	for (i = 0; i < EXCHANGE_LIMIT_ROOT && close_some(key, now, outcome); i++)
		;
	return 0;
}

/* The same for a connection of TCP and for what was decrypted from it. `is_whole`: nothing more comes either. */
static __always_inline void close_conn(const struct conn *c, __u8 outcome, bool is_whole)
{
	/* From memory it is a number, as a global function needs it, and no pointer any more. */
	__u64 key = c->sock, plain = key | TLS_KEY_PLAIN;
	bool has_plain = c->is_plain_seen;

	close_exchanges(key, outcome);
	if (has_plain)
		close_exchanges(plain, outcome);
	if (!is_whole)
		return;
	conn_forget(key);
	if (has_plain)
		conn_forget(plain);
}

/*
 * A captured process closes a connection none of whose bytes were seen: counts what it carried. Only the process itself brings a
 * socket into these two states, so the current one is its owner. One that has shut it down before brings it there again.
 */
static __always_inline void close_unseen(const struct tcp_sock *tp, int old_state, int new_state)
{
	__u64 bytes;

	if ((new_state != STATE_FIN_WAIT1 && new_state != STATE_LAST_ACK) || new_state == old_state || !is_target())
		return;
	bytes = sock_bytes(tp, SOCK_READ(tp, copied_seq), SOCK_READ(tp, write_seq));
	if (bytes > SOCK_LIMIT_EMPTY)
		count(COUNTER_BYTES_MISSED, bytes);
}

static __always_inline void http_state_change(struct sock *sk, int old_state, int new_state)
{
	__u64 key = (__u64)sk;
	const struct tcp_sock *tp = (const struct tcp_sock *)sk;
	struct conn *c;
	bool is_whole;

	if (is_tracing && new_state == STATE_SYN_SENT) {
		turn_connect(key);
		return;
	}
	if (new_state != STATE_CLOSE && new_state != STATE_CLOSE_WAIT && new_state != STATE_FIN_WAIT1 &&
	    new_state != STATE_LAST_ACK)
		return;
	c = bpf_map_lookup_elem(&conns, &key);
	if (!c) {
		/* or whose end another copy has seen */
		if (!is_spare)
			close_unseen(tp, old_state, new_state);
		return;
	}
	if (new_state == STATE_CLOSE_WAIT) {
		c->is_peer_closed = 1;
		return;
	}
	is_whole = new_state == STATE_CLOSE || SOCK_READ(sk, sk_shutdown) == SHUTDOWN_MASK;
	/* shutdown(SHUT_WR) by a client: the response is still to come. */
	if (!is_whole && c->role != HTTP_ROLE_SERVER) {
		c->is_shut = 1;
		return;
	}
	if (!c->is_closed || SOCK_READ(sk, sk_err))
		c->outcome = close_outcome(c, sk, old_state, new_state);
	/* Closed by the process, and part of what it has written is still to leave. */
	if (sees_packets && new_state != STATE_CLOSE && SOCK_READ(tp, snd_nxt) != SOCK_READ(tp, write_seq)) {
		c->is_closed = 1;
		return;
	}
	/* Closed by packets, with bytes that the process may still read: http_destroy has the last word. */
	if (new_state == STATE_CLOSE && SOCK_READ(sk, sk_socket) &&
	    SOCK_READ(tp, rcv_nxt) != SOCK_READ(tp, copied_seq)) {
		c->is_closed = 1;
		return;
	}
	close_conn(c, c->outcome, is_whole);
	if (!is_whole)
		c->kind = CONN_KIND_OPAQUE; /* half closed: nothing more is answered here */
}

/* The socket goes, closed by its process as well. */
static __always_inline void http_destroy(struct sock *sk)
{
	__u64 key = (__u64)sk;
	struct conn *c = bpf_map_lookup_elem(&conns, &key);

	if (!c)
		return;
	close_conn(c, c->is_closed ? c->outcome : close_outcome(c, sk, STATE_CLOSE, STATE_CLOSE), true);
}

#endif
