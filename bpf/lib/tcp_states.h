/* SPDX-License-Identifier: GPL-2.0 */
/* The programs that every backend has besides its own: they tell of connections that end. */
#ifndef LIB_TCP_STATES_H
#define LIB_TCP_STATES_H

#include "lib/http_close.h"

char LICENSE[] SEC("license") = "GPL";

/* A connection changes its state; in softirq as well, where the current process means nothing. */
SEC("tp_btf/inet_sock_set_state")
int BPF_PROG(tcp_state, struct sock *sk, int old_state, int new_state)
{
	http_state_change(sk, old_state, new_state);
	return 0;
}

/* A socket is destroyed. */
SEC("tp_btf/tcp_destroy_sock")
int BPF_PROG(tcp_destroy, struct sock *sk)
{
	http_destroy(sk);
	return 0;
}

#endif
