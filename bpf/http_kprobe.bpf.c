// SPDX-License-Identifier: GPL-2.0
/* Capture at tcp_sendmsg and tcp_recvmsg by kprobes: kernels without BPF trampolines for them. */
#include "lib/call.h"
#include "lib/http_close.h"
#include "lib/iter.h"

/* The process wants to send, before the socket is locked. */
SEC("kprobe/tcp_sendmsg")
int BPF_KPROBE(send_enter, struct sock *sk, struct msghdr *msg, unsigned long size)
{
	struct call call = {};

	if (!iter_call(&call, sk, msg))
		return 0;
	call_remember(&call);
	call_send(&call, size);
	return 0;
}

/* The call that sent returns. */
SEC("kretprobe/tcp_sendmsg")
int BPF_KRETPROBE(send_exit)
{
	struct call call;

	if (call_recall(&call))
		call_sent(&call);
	return 0;
}

/* The process wants to receive. */
SEC("kprobe/tcp_recvmsg")
int BPF_KPROBE(receive_enter, struct sock *sk, struct msghdr *msg)
{
	struct call call = {};

	if (iter_call(&call, sk, msg))
		call_remember(&call);
	return 0;
}

/* The call that received returns. */
SEC("kretprobe/tcp_recvmsg")
int BPF_KRETPROBE(receive_exit)
{
	struct call call;

	if (call_recall(&call))
		call_received(&call);
	return 0;
}

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

char LICENSE[] SEC("license") = "GPL";
