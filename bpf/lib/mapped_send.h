/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What is sent through a socket in a map of sockets goes another way, and when it comes to where capture looks, its bytes cannot be read
 * there any more. Only connections that processes begin get into the map: what they send are requests.
 */
#ifndef LIB_MAPPED_SEND_H
#define LIB_MAPPED_SEND_H

#include "lib/call.h"
#include "lib/iter.h"

char LICENSE[] SEC("license") = "GPL";

/* The process wants to send, before the socket is locked. */
SEC(AT_ENTRY "tcp_bpf_sendmsg")
int ENTRY_PROGRAM(mapped_send, struct sock *sk, struct msghdr *msg, unsigned long size)
{
	struct call call = {};

	if (iter_call(&call, sk, msg))
		call_send(&call, size, size);
	return 0;
}

#endif
