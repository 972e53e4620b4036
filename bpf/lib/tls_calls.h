/* SPDX-License-Identifier: GPL-2.0 */
/* Calls of TLS libraries written in C: read, write, handshake and free, told apart by enum tls_call. */
#ifndef LIB_TLS_CALLS_H
#define LIB_TLS_CALLS_H

#include "lib/tls_promise.h"

enum tls_call_mask { TLS_CALL_MASK = 15, TLS_LIMIT_RUN = 0x7fffffff };

static __always_inline struct tls_session_key tls_key_of(__u64 session, __u64 thread)
{
	struct tls_session_key key = { .session = session, .pid = thread >> 32 };

	return key;
}

static __always_inline struct tls_thread *tls_thread_of(__u64 thread)
{
	struct tls_thread *t = bpf_map_lookup_elem(&tls_threads, &thread), blank = {};

	if (t)
		return t;
	bpf_map_update_elem(&tls_threads, &thread, &blank, BPF_ANY);
	return bpf_map_lookup_elem(&tls_threads, &thread);
}

/* Binds the session to what the thread met: during the call for sure, before it most likely. */
static __always_inline void tls_learn(struct tls_thread *t, const struct tls_session_key *key)
{
	if (t->is_met && (t->is_inside || !tls_session_find(key)))
		tls_session_bind(key, t->sock, t->met_id, t->is_inside);
	t->is_met = 0;
}

/*
 * Binds the session to the one connection that has begun with TLS of late. Some programs, Mono among them, receive on one thread and
 * decrypt on another: nothing that a thread met tells them apart.
 */
static __always_inline void tls_bind_sole(const struct tls_session_key *key)
{
	struct tls_process *process = bpf_map_lookup_elem(&tls_processes, &key->pid);

	if (process && process->sole && bpf_ktime_get_ns() - process->found_ns < TLS_LIMIT_SOLE_NS)
		tls_session_bind(key, process->sole, process->sole_id, false);
}

static __attribute__((noinline)) void tls_enter(__u32 call, __u64 session, __u64 buffer, __u64 fourth, __u64 fifth)
{
	__u64 thread = bpf_get_current_pid_tgid();
	struct tls_session_key key = tls_key_of(session, thread);
	struct tls_thread *t;

	if (!is_probed_target())
		return;
	if ((call & TLS_CALL_MASK) == TLS_CALL_FREE) {
		tls_session_end(&key);
		return;
	}
	t = tls_thread_of(thread);
	if (!t)
		return;
	/* Received outside of any call: by a program that hands its library the encrypted bytes. */
	tls_learn(t, &key);
	t->session = session;
	t->buffer = buffer;
	t->count_at = call & TLS_CALL_COUNT_4TH ? fourth : call & TLS_CALL_COUNT_5TH ? fifth : 0;
	t->enter_ns = bpf_ktime_get_ns();
	if ((call & TLS_CALL_MASK) == TLS_CALL_WRITE)
		tls_promise(&key, buffer);
}

/* How many bytes a call moved; 0 when it failed. */
static __always_inline __u32 tls_moved(const struct tls_thread *t, int result)
{
	__u64 bytes = 0;

	if (result <= 0)
		return 0;
	if (!t->count_at)
		return result;
	bpf_probe_read_user(&bytes, sizeof(bytes), (void *)t->count_at);
	return bytes < TLS_LIMIT_RUN ? bytes : TLS_LIMIT_RUN;
}

/* True when it moved something. */
static __attribute__((noinline)) bool tls_exit(__u32 call, int result, struct plain_call *moved)
{
	__u64 thread = bpf_get_current_pid_tgid();
	struct tls_thread *t = bpf_map_lookup_elem(&tls_threads, &thread);
	struct tls_session_key key;
	struct tls_session *session;
	__u32 bytes;

	if (!t || !t->session)
		return false;
	key = tls_key_of(t->session, thread);
	tls_learn(t, &key);
	t->session = 0;
	bytes = tls_moved(t, result);
	if (!bytes || (call & TLS_CALL_MASK) == TLS_CALL_HANDSHAKE)
		return false;
	session = tls_session_find(&key);
	if (!session) {
		tls_bind_sole(&key);
		session = tls_session_find(&key);
	}
	if (!session) {
		tls_session_unbound(&key);
		session = tls_session_find(&key);
		if (!session)
			return false;
	}
	moved->session = session;
	moved->buffer = t->buffer;
	moved->begin_ns = t->enter_ns;
	moved->length = bytes;
	moved->dir = (call & TLS_CALL_MASK) == TLS_CALL_READ ? RX : TX;
	return true;
}

#endif
