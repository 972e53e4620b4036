/* SPDX-License-Identifier: GPL-2.0 */
#ifndef LIB_FD_H
#define LIB_FD_H

#include "lib/sock.h"

enum fd_limit { FD_LIMIT_IOVECS = 64 };

/* The TCP socket behind a file descriptor of the current process, or NULL. */
static __always_inline const struct tcp_sock *fd_tcp(int fd)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	struct fdtable *table = BPF_CORE_READ(task, files, fdt);
	struct file **files, *file = NULL;
	struct socket *socket;
	struct sock *sk;

	if (fd < 0 || (__u32)fd >= BPF_CORE_READ(table, max_fds))
		return NULL;
	files = BPF_CORE_READ(table, fd);
	bpf_probe_read_kernel(&file, sizeof(file), files + fd);
	if (!file || (BPF_CORE_READ(file, f_inode, i_mode) & S_IFMT) != S_IFSOCK)
		return NULL;
	socket = BPF_CORE_READ(file, private_data);
	sk = BPF_CORE_READ(socket, sk);
	return sk ? sock_tcp(sk) : NULL;
}

/* Sum of the lengths of iovecs in user memory; of the first ones where they are many. */
static __always_inline __u64 iovecs_length(__u64 iov, __u64 segments)
{
	__u64 sum = 0;
	__u32 i;

	for (i = 0; i < FD_LIMIT_IOVECS && i < segments; i++) {
		struct iovec one = {};

		bpf_probe_read_user(&one, sizeof(one), (void *)(iov + i * sizeof(one)));
		sum += one.iov_len;
	}
	return sum;
}

#endif
