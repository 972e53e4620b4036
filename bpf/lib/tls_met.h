/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The encrypted side of TLS, as the programs at the TCP layer see it: which connections carry it, and which thread
 * touched which of them last. From that the probes in TLS libraries learn whose plaintext they have.
 */
#ifndef LIB_TLS_MET_H
#define LIB_TLS_MET_H

#include "lib/conn.h"
#include "lib/count.h"
#include "lib/ring.h"
#include "maps/tls_processes.h"
#include "maps/tls_threads.h"

/* Not on the stack: kernels before 6.13 give 512 bytes to all that call each other. */
static const struct tls_process tls_process_blank;

enum tls_limit { TLS_LIMIT_TELL_NS = 1000000000, TLS_LIMIT_SOLE_NS = 2000000000 };

enum tls_record { TLS_MAJOR_VERSION = 3 };

/* Type and major version of a record: https://www.rfc-editor.org/rfc/rfc8446#section-5.1 */
static __always_inline bool tls_is_record(__u8 type, __u8 version, bool is_first)
{
	return version == TLS_MAJOR_VERSION && (is_first ? type == 22 : type >= 20 && type <= 23);
}

/* The current thread received from a connection with TLS, or sent to it. Only the former means something outside a call. */
static __always_inline void tls_met(const struct conn *c, int dir)
{
	__u64 thread;
	struct tls_thread *t;

	if (sees_packets)
		return;
	thread = bpf_get_current_pid_tgid();
	t = bpf_map_lookup_elem(&tls_threads, &thread);
	if (!t) {
		struct tls_thread blank = {};

		if (dir != RX)
			return;
		bpf_map_update_elem(&tls_threads, &thread, &blank, BPF_ANY);
		t = bpf_map_lookup_elem(&tls_threads, &thread);
		if (!t)
			return;
	}
	if (dir != RX && !t->session)
		return;
	t->sock = c->sock;
	t->met_id = c->id;
	t->is_met = 1;
	t->is_inside = t->session != 0;
}

/* A connection turned out to carry TLS: user space may have to look for a library that it has not seen yet. */
static __always_inline void tls_found(struct conn *c, int dir)
{
	struct tls_event event = { .kind = EVENT_KIND_TLS,
				   .pid = sees_packets ? c->pid : bpf_get_current_pid_tgid() >> 32 };
	struct tls_process *process = bpf_map_lookup_elem(&tls_processes, &event.pid);
	__u64 now = bpf_ktime_get_ns();

	c->is_tls = 1;
	tls_met(c, dir);
	if (!process) {
		bpf_map_update_elem(&tls_processes, &event.pid, &tls_process_blank, BPF_NOEXIST);
		process = bpf_map_lookup_elem(&tls_processes, &event.pid);
		if (!process)
			return;
	}
	process->connections++;
	process->sole = now - process->found_ns > TLS_LIMIT_SOLE_NS ? c->sock : 0;
	process->sole_id = c->id;
	process->found_ns = now;
	if (process->told_ns && now - process->told_ns < TLS_LIMIT_TELL_NS)
		return;
	process->told_ns = now;
	ring_send(&event, sizeof(event));
}

#endif
