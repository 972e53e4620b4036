/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Go's crypto/tls. A goroutine changes its thread and its stack, so calls are remembered by goroutine, and nothing is put on the
 * return of a function. Read is followed to the place where it moves what it decrypted into the caller's buffer.
 */
#ifndef LIB_TLS_GO_H
#define LIB_TLS_GO_H

#include "lib/go_memory.h"
#include "lib/registers.h"
#include "lib/tls_calls.h"
#include "maps/tls_goroutines.h"

enum tls_go_offset {
	GO_TLS_CONN = 0 + GO_INTERFACE_DATA, /* tls.Conn.conn comes first */
	GO_BYTES_LENGTH = 8,		     /* bytes.Reader: slice, then the position */
	GO_BYTES_AT = 24,
};

/*
 * The session of a *tls.Conn, bound to its socket where that is found. Nothing says when a tls.Conn is given up, so that one without
 * a socket, such as a closed one, may be another by now: it is looked at anew.
 */
static __always_inline struct tls_session *go_session(const struct tls_session_key *key)
{
	struct tls_session *session = tls_session_find(key);
	struct conn *carrier;
	__u64 sock;

	if (session && session->conn_id)
		return session;
	sock = go_sock_of(go_word(key->session + GO_TLS_CONN));
	carrier = bpf_map_lookup_elem(&conns, &sock);
	if (carrier) {
		tls_session_end(key);
		tls_session_bind(key, sock, carrier->id, true);
	} else if (!session) {
		tls_session_unbound(key);
	}
	return tls_session_find(key);
}

/* What the call has moved, if that is anything. */
static __always_inline bool go_plain(__u64 tls_conn, __u64 bytes, struct plain_call *moved)
{
	struct tls_session_key key = tls_key_of(tls_conn, bpf_get_current_pid_tgid());

	if (!bytes || bytes > TLS_LIMIT_RUN)
		return false;
	moved->session = go_session(&key);
	moved->length = bytes;
	if (!moved->session)
		return false;
	if (moved->dir == TX)
		tls_promise(&key, moved->buffer);
	return true;
}

static __always_inline struct tls_goroutine_key go_key_of(struct pt_regs *ctx)
{
	struct tls_goroutine_key key = { .goroutine = GO_GOROUTINE(ctx), .pid = bpf_get_current_pid_tgid() >> 32 };

	return key;
}

static __always_inline void go_read_enter(struct pt_regs *ctx)
{
	struct tls_goroutine_key key = go_key_of(ctx);
	struct tls_goroutine read = { .session = GO_ARGUMENT_1(ctx),
				      .buffer = GO_ARGUMENT_2(ctx),
				      .enter_ns = bpf_ktime_get_ns() };

	bpf_map_update_elem(&tls_goroutines, &key, &read, BPF_ANY);
}

/* Where a Read has its bytes: at the call that moves them, or at its end. */
static __always_inline bool go_read_done(struct pt_regs *ctx, __u32 place, struct plain_call *moved)
{
	struct tls_goroutine_key key = go_key_of(ctx);
	struct tls_goroutine *found = bpf_map_lookup_elem(&tls_goroutines, &key), read;
	__u64 buffer, bytes;

	if (!found)
		return false;
	read = *found;
	if (place == TLS_GO_READ_MOVE) { /* (to, from, bytes) */
		buffer = GO_ARGUMENT_2(ctx);
		bytes = GO_ARGUMENT_3(ctx);
		if (GO_ARGUMENT_1(ctx) != read.buffer)
			return false;
	} else if (place == TLS_GO_READ_BYTES) { /* (reader, buffer, its length) */
		__u64 reader = GO_ARGUMENT_1(ctx), at = go_word(reader + GO_BYTES_AT);
		__u64 left = go_word(reader + GO_BYTES_LENGTH) - at;

		buffer = go_word(reader) + at;
		bytes = left < GO_ARGUMENT_3(ctx) ? left : GO_ARGUMENT_3(ctx);
	} else { /* (bytes, error) */
		buffer = read.buffer;
		bytes = GO_ARGUMENT_1(ctx);
	}
	bpf_map_delete_elem(&tls_goroutines, &key);
	moved->buffer = buffer;
	moved->begin_ns = read.enter_ns;
	moved->dir = RX;
	return go_plain(read.session, bytes, moved);
}

static __always_inline bool go_write(struct pt_regs *ctx, struct plain_call *moved)
{
	moved->buffer = GO_ARGUMENT_2(ctx);
	moved->begin_ns = bpf_ktime_get_ns();
	moved->dir = TX;
	return go_plain(GO_ARGUMENT_1(ctx), GO_ARGUMENT_3(ctx), moved);
}

/* True when plaintext was moved. */
static __attribute__((noinline)) bool go_probe(struct pt_regs *ctx, __u64 cookie, struct plain_call *moved)
{
	__u32 place = cookie & (PROBE_COOKIE_GO - 1);

	if (!is_probed_target() || !go_begins(ctx, cookie))
		return false;
	if (place == TLS_GO_WRITE)
		return go_write(ctx, moved);
	if (place != TLS_GO_READ)
		return go_read_done(ctx, place, moved);
	go_read_enter(ctx);
	return false;
}

#endif
