// SPDX-License-Identifier: GPL-2.0
/*
 * Reads that the programs of tp_btf do not see, because no bytes of TCP come of them: they end a turn of an event loop as others do.
 * Linux 6.3 and later.
 */
#define CAN_CAST
#define CAN_PASS_MEMORY
#include "lib/sock.h"
#include "lib/target.h"
#include "lib/tls_met.h"
#include "lib/turn.h"

char LICENSE[] SEC("license") = "GPL";

#define EAGAIN 11

/* A process has received from a socket, or tried to. */
SEC("tp_btf/sock_recv_length")
int BPF_PROG(turn_read, struct sock *sk, int result, int flags)
{
	if (result == -EAGAIN || !may_be_target(current_process()))
		return 0;
	if (result <= 0 || !sock_tcp(sk))
		turn_end();
	return 0;
}
