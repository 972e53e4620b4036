// SPDX-License-Identifier: GPL-2.0
/*
 * Capture at TCP's send and receive functions by kprobes: kernels without BPF trampolines for them.
 *
 * The kernel follows only so many calls to their returns at a time, without CONFIG_PREEMPTION as many as it has CPUs. Threads that
 * wait in recv() use that up. So what is received is not learnt from returns, and nothing depends on that of a call that sends.
 */
#define AT_ENTRY "kprobe/"
#define AT_EXIT "kretprobe/"
#define ENTRY_PROGRAM BPF_KPROBE
#define EXIT_PROGRAM BPF_KRETPROBE
#define ENDS_PASS_UNSEEN
#include "lib/tcp_calls.h"

/* Inside a call that receives, after each packet: its bytes lie where the process wanted them. */
SEC("tp_btf/tcp_rcv_space_adjust")
int BPF_PROG(packet_copied, struct sock *sk)
{
	__u64 thread = bpf_get_current_pid_tgid();
	struct call *call = bpf_map_lookup_elem(&calls, &thread);
	const struct iov_iter *iter;
	__u64 copied;

	if (!call || call->sock != (__u64)sk)
		return 0;
	/* Bytes that went elsewhere (splice) leave the memory as it was, as does a call whose end was missed. */
	iter = (const struct iov_iter *)call->iter;
	copied = call->length - BPF_CORE_READ(iter, count);
	if (copied == SOCK_READ((const struct tcp_sock *)sk, copied_seq) - call->receive_seq)
		call_received(call);
	return 0;
}
