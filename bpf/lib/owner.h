/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which process a socket belongs to. Sockets do not know, and packets are mostly handled while any other process runs. So that is
 * learnt where the process itself acts: it begins to listen, or to connect.
 */
#ifndef LIB_OWNER_H
#define LIB_OWNER_H

#include "lib/http_run.h"
#include "maps/owners.h"

static __always_inline struct owner_key owner_key_of(const struct tcp_sock *tp, __u16 remote_port)
{
	struct owner_key key = {
		.namespace = BPF_CORE_READ(tp, inet_conn.icsk_inet.sk.__sk_common.skc_net.net, ns.inum),
		.local_port = SOCK_COMMON(tp, skc_num),
		.remote_port = remote_port,
	};

	return key;
}

/* The process, when it is captured; otherwise 0. */
static __always_inline __u32 owner_captured(const __u32 *pid)
{
	return pid && bpf_map_lookup_elem(&targets, pid) ? *pid : 0;
}

/* The captured process that this socket belongs to, or 0. */
static __always_inline __u32 owner_find(const struct tcp_sock *tp)
{
	struct owner_key key = owner_key_of(tp, bpf_ntohs(SOCK_COMMON(tp, skc_dport)));
	__u64 address = (__u64)tp;
	__u32 pid = owner_captured(bpf_map_lookup_elem(&callers, &address));

	if (!pid)
		pid = owner_captured(bpf_map_lookup_elem(&owners, &key));
	if (pid) {
		bpf_map_delete_elem(&callers, &address);
		bpf_map_delete_elem(&owners, &key); /* the next connection with these ports may be another's */
		return pid;
	}
	key.remote_port = 0;
	return owner_captured(bpf_map_lookup_elem(&owners, &key));
}

/* Whether bytes of this socket may be the first that are seen of it. After its end come repeats of what was seen. */
static __always_inline bool owner_is_open(const struct tcp_sock *tp)
{
	__u8 state = SOCK_COMMON(tp, skc_state);

	return state == STATE_ESTABLISHED || state == STATE_CLOSE_WAIT;
}

/* The connection of a packet's socket, made when there is none; NULL when nobody who is captured owns it. `seq`, `dir`: as in run_begin. */
static __always_inline struct conn *owner_conn(const struct tcp_sock *tp, __u32 seq, int dir)
{
	struct conn *c = run_conn_known(tp);
	__u32 zero = 0, pid;
	__u32 *epoch = bpf_map_lookup_elem(&target_epoch, &zero);

	if (!epoch || (c && c->target_epoch == *epoch))
		return c;
	if (!c && !owner_is_open(tp))
		return NULL;
	pid = c ? owner_captured(&c->target_pid) : 0;
	if (!pid)
		pid = owner_find(tp);
	if (!pid)
		return NULL;
	if (!c)
		c = run_conn_new(tp, seq, dir);
	if (c) {
		c->target_pid = pid;
		c->target_epoch = *epoch;
	}
	return c;
}

/*
 * Runs in the process that begins to listen, or to connect: a socket that connects has no port yet. One that ends without a byte, as
 * when it is refused, is forgotten: its memory serves the next one, which may be another's.
 */
SEC("tp_btf/inet_sock_set_state")
int BPF_PROG(owner_learn, struct sock *sk, int old_state, int new_state)
{
	struct owner_key key;
	__u64 address = (__u64)sk;
	__u32 pid = current_process();

	if (new_state == STATE_LISTEN) {
		key = owner_key_of((const struct tcp_sock *)sk, 0);
		bpf_map_update_elem(&owners, &key, &pid, BPF_ANY);
	} else if (new_state == STATE_SYN_SENT && is_target()) {
		bpf_map_update_elem(&callers, &address, &pid, BPF_ANY);
	} else if (new_state == STATE_CLOSE) {
		bpf_map_delete_elem(&callers, &address);
	}
	return 0;
}

#endif
