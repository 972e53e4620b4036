/* SPDX-License-Identifier: GPL-2.0 */
/* The kernel's description of a call's memory, struct iov_iter, through the shapes it has had since 5.8. */
#ifndef LIB_ITER_H
#define LIB_ITER_H

#include "lib/call.h"

enum iter_limit { OLD_ITER_IOVEC = 4 }; /* enum iter_type before 5.14, above the direction bit */

static __always_inline __u64 iter_iovecs(const struct iov_iter *iter)
{
	const struct iov_iter___iov *old = (const void *)iter;

	return bpf_core_field_exists(old->iov) ? (__u64)BPF_CORE_READ(old, iov) : (__u64)BPF_CORE_READ(iter, __iov);
}

static __always_inline void iter_describe(struct call *call, const struct iov_iter *iter)
{
	const struct iov_iter___type *old = (const void *)iter;
	__u32 type;

	call->kind = MEMORY_NONE;
	if (!bpf_core_field_exists(iter->iter_type)) { /* < 5.14 */
		type = BPF_CORE_READ(old, type);
		if ((type & ~1U) == OLD_ITER_IOVEC || type <= 1)
			call->kind = MEMORY_IOVEC;
	} else {
		type = BPF_CORE_READ(iter, iter_type);
		if (bpf_core_enum_value_exists(enum iter_type, ITER_UBUF) &&
		    type == bpf_core_enum_value(enum iter_type, ITER_UBUF)) {
			call->kind = MEMORY_BUFFER;
			call->memory = (__u64)BPF_CORE_READ(iter, ubuf) + BPF_CORE_READ(iter, iov_offset);
			return;
		}
		if (type == bpf_core_enum_value(enum iter_type, ITER_IOVEC))
			call->kind = MEMORY_IOVEC;
	}
	if (call->kind != MEMORY_IOVEC)
		return;
	call->memory = iter_iovecs(iter);
	call->offset = BPF_CORE_READ(iter, iov_offset);
	call->segments = BPF_CORE_READ(iter, nr_segs);
}

/* Whether a call on this socket is to be watched; fills in what its end or its bytes need. */
static __always_inline bool iter_call(struct call *call, const struct sock *sk, const struct msghdr *msg)
{
	const struct tcp_sock *tp;

	if (!is_target() || !(tp = sock_tcp(sk)))
		return false;
	call_begin(call, tp);
	call->iter = (__u64)&msg->msg_iter;
	call->length = call_bytes(BPF_CORE_READ(msg, msg_iter.count));
	iter_describe(call, &msg->msg_iter);
	return true;
}

#endif
