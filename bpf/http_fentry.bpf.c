// SPDX-License-Identifier: GPL-2.0
/* Capture at TCP's send and receive functions by fentry and fexit: kernels with BPF trampolines. */
#define AT_ENTRY "fentry/"
#define AT_EXIT "fexit/"
#define ENTRY_PROGRAM BPF_PROG
#define EXIT_PROGRAM BPF_PROG
#include "lib/tcp_calls.h"

/* The call that received returns. */
SEC("fexit/tcp_recvmsg")
int BPF_PROG(receive_exit)
{
	struct call call;

	if (call_recall(&call))
		call_received(&call);
	return 0;
}
