/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Capture at tcp_sendmsg and tcp_recvmsg. The object that includes this says how programs hang on the beginning and the end of a
 * function: AT_ENTRY and AT_EXIT name the section, ENTRY_PROGRAM and EXIT_PROGRAM unpack the arguments.
 */
#ifndef LIB_TCP_CALLS_H
#define LIB_TCP_CALLS_H

#include "lib/call.h"
#include "lib/iter.h"
#include "lib/tcp_states.h"

/* The process wants to send, before the socket is locked. */
SEC(AT_ENTRY "tcp_sendmsg")
int ENTRY_PROGRAM(send_enter, struct sock *sk, struct msghdr *msg, unsigned long size)
{
	struct call call = {};

	if (!iter_call(&call, sk, msg))
		return 0;
	call_remember(&call);
	call_send(&call, size);
	return 0;
}

/* The call that sent returns. */
SEC(AT_EXIT "tcp_sendmsg")
int EXIT_PROGRAM(send_exit)
{
	struct call call;

	if (call_recall(&call))
		call_sent(&call);
	return 0;
}

/* The process wants to receive. */
SEC(AT_ENTRY "tcp_recvmsg")
int ENTRY_PROGRAM(receive_enter, struct sock *sk, struct msghdr *msg)
{
	struct call call = {};

	if (iter_call(&call, sk, msg))
		call_remember(&call);
	return 0;
}

/* The call that received returns. */
SEC(AT_EXIT "tcp_recvmsg")
int EXIT_PROGRAM(receive_exit)
{
	struct call call;

	if (call_recall(&call))
		call_received(&call);
	return 0;
}

#endif
