/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Words in the memory of a program in Go. Places in structs of the standard library, the same since the register ABI (1.17):
 * net.TCPConn.fd comes first, net.netFD.pfd comes first, and poll.FD.Sysfd behind a lock of 16 bytes.
 */
#ifndef LIB_GO_MEMORY_H
#define LIB_GO_MEMORY_H

#include "lib/fd.h"

enum go_offset {
	GO_INTERFACE_DATA = 8,
	GO_TCP_CONN_FD = 0,
	GO_FD_NUMBER = 16,
	GO_LIMIT_WRAPPERS = 3,
};

static __always_inline __u64 go_word(__u64 address)
{
	__u64 word = 0;

	bpf_probe_read_user(&word, sizeof(word), (void *)address);
	return word;
}

/* The socket under a net.Conn; a few wrappers that begin with the connection they wrap are looked through. 0: unknown. */
static __always_inline __u64 go_sock_of(__u64 conn)
{
	__u32 i;

	for (i = 0; i < GO_LIMIT_WRAPPERS && conn; i++) {
		__u64 fd = go_word(go_word(conn + GO_TCP_CONN_FD) + GO_FD_NUMBER);
		const struct tcp_sock *tp = fd < 0x7fffffff ? fd_tcp(fd) : NULL;

		if (tp)
			return (__u64)tp;
		conn = go_word(conn + GO_INTERFACE_DATA);
	}
	return 0;
}

#endif
