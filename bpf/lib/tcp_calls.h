/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Capture at tcp_sendmsg and tcp_recvmsg. The object that includes this says how programs hang on the beginning and the end of a
 * function: AT_ENTRY and AT_EXIT name the section, ENTRY_PROGRAM and EXIT_PROGRAM unpack the arguments. It adds how the bytes
 * that were received are learnt of.
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
	__u32 sure;

	if (!iter_call(&call, sk, msg))
		return 0;
	sure = call_sure(&call, size);
	if (!sure)
		call_remember(&call);
	call_send(&call, size, sure);
	return 0;
}

/* A call that sent returns, of which it was not sure what it would take. */
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

	if (!iter_call(&call, sk, msg))
		return 0;
	call_waited(&call);
	call_remember(&call);
	return 0;
}

#endif
