/* SPDX-License-Identifier: GPL-2.0 */
/* What the objects that capture at system calls share: which calls are remembered, and where their memory lies. */
#ifndef LIB_SYSTEM_CALLS_H
#define LIB_SYSTEM_CALLS_H

#include "lib/call.h"
#include "lib/fd.h"
#include "lib/tcp_states.h"

/* Remembers a call on a socket; false for every other file and process. */
static __always_inline bool enter(struct call *call, int fd)
{
	const struct tcp_sock *tp;

	if (!is_target() || !(tp = fd_tcp(fd)))
		return false;
	call_begin(call, tp);
	return true;
}

/* Memory of the calls: a buffer and its length, iovecs and their number, or a struct user_msghdr. */
static __always_inline void in_buffer(struct call *call, __u64 buffer, __u64 length)
{
	call->kind = MEMORY_BUFFER;
	call->memory = buffer;
	call->length = call_bytes(length);
}

static __always_inline void in_iovecs(struct call *call, __u64 iov, __u64 segments)
{
	call->kind = MEMORY_USER_IOVEC;
	call->memory = iov;
	call->segments = segments;
	call->length = call_bytes(iovecs_length(iov, segments));
}

static __always_inline void in_message(struct call *call, __u64 message)
{
	struct {
		__u64 iov;
		__u64 segments;
	} part = {};

	/* msg_iov and msg_iovlen stand behind a pointer and an int */
	bpf_probe_read_user(&part, sizeof(part), (void *)(message + 16));
	in_iovecs(call, part.iov, part.segments);
}

/* A captured process makes a ring: what it does through it goes unseen. */
SEC("tp_btf/io_uring_create")
int BPF_PROG(ring_created)
{
	if (!is_spare && is_target())
		count(COUNTER_IO_URING, 1);
	return 0;
}

#endif
