/* SPDX-License-Identifier: GPL-2.0 */
/* What is read of a TCP socket. */
#ifndef LIB_SOCK_H
#define LIB_SOCK_H

#include "lib/conn.h"

/*
 * Reads a member of a kernel struct. An object whose kernels have bpf_rdonly_cast (6.2) defines CAN_CAST before it includes
 * anything: a plain load instead of a helper call. One for 5.12 and later defines CAN_PASS_MEMORY: see lib/run_arguments.h.
 */
#ifdef CAN_CAST
#define SOCK_READ(pointer, member) (bpf_core_cast(pointer, typeof(*(pointer)))->member)
#else
#define SOCK_READ(pointer, member) BPF_CORE_READ(pointer, member)
#endif
#define SOCK_COMMON(tp, member) SOCK_READ(tp, inet_conn.icsk_inet.sk.__sk_common.member)

enum sock_limit {
	SOCK_QUEUE_JIFFIES = 3,
	SOCK_LIMIT_SURE = 1 << 20,
	SOCK_OVERHEAD = 4096, /* of packets, at least */
	SOCK_LIMIT_EMPTY = 2, /* SYN and FIN count as a byte each: so many show on a connection that carried nothing */
};

/* The socket as a TCP one, or NULL. */
static __always_inline const struct tcp_sock *sock_tcp(const struct sock *sk)
{
	__u16 family = SOCK_READ(sk, __sk_common.skc_family);

	if ((family != AF_INET && family != AF_INET6) || SOCK_READ(sk, sk_protocol) != IPPROTO_TCP)
		return NULL;
	return (const struct tcp_sock *)sk;
}

/* Whether the socket takes so many bytes at once: it is open, and its buffer has room for them and for what goes with them. */
static __always_inline bool sock_takes(const struct sock *sk, __u32 bytes)
{
	__u8 state = SOCK_READ(sk, __sk_common.skc_state);
	__u32 queued = SOCK_READ(sk, sk_wmem_queued);

	return (state == STATE_ESTABLISHED || state == STATE_CLOSE_WAIT) && !SOCK_READ(sk, sk_err) &&
	       !(SOCK_READ(sk, sk_shutdown) & SEND_SHUTDOWN) && bytes < SOCK_LIMIT_SURE &&
	       queued + 2 * bytes + SOCK_OVERHEAD < (__u32)SOCK_READ(sk, sk_sndbuf);
}

/* Sequence number up to which the process has read. FIN takes a number as if it were a byte; it is left out. */
static __always_inline __u32 sock_read_seq(const struct tcp_sock *tp)
{
	__u32 copied = SOCK_READ(tp, copied_seq);
	bool is_fin =
		SOCK_READ((const struct sock *)tp, sk_shutdown) & RCV_SHUTDOWN && copied == SOCK_READ(tp, rcv_nxt);

	return copied - is_fin;
}

/* Whether the remembered connection is still this socket's. A closed one has given its port back. */
static __always_inline bool sock_is(const struct conn *c, const struct tcp_sock *tp)
{
	__u16 port = SOCK_COMMON(tp, skc_num);

	return (port == c->slot.local_port || !port) && c->slot.remote_port == bpf_ntohs(SOCK_COMMON(tp, skc_dport));
}

/* Bytes that passed in both directions, up to these sequence numbers. */
static __always_inline __u64 sock_bytes(const struct tcp_sock *tp, __u32 read_to, __u32 written_to)
{
	__u64 received = SOCK_READ(tp, bytes_received) - (SOCK_READ(tp, rcv_nxt) - read_to);

	/* FIN is in rcv_nxt and not among the bytes received */
	if ((__s64)received < 0)
		received = 0;
	return received + SOCK_READ(tp, bytes_acked) + (written_to - SOCK_READ(tp, snd_una));
}

/*
 * Fills in what stays the same for the life of the connection. `read_to` and `written_to` are the sequence numbers up to which
 * its bytes passed before the run in hand.
 */
static __always_inline void sock_describe(struct conn *c, const struct tcp_sock *tp, __u32 read_to, __u32 written_to)
{
	const struct sock *sk = (const struct sock *)tp;
	struct http_event *e = &c->slot;

	e->family = SOCK_COMMON(tp, skc_family);
	e->local_port = SOCK_COMMON(tp, skc_num);
	e->remote_port = bpf_ntohs(SOCK_COMMON(tp, skc_dport));
	if (e->family == AF_INET) {
		*(__be32 *)e->local = SOCK_COMMON(tp, skc_rcv_saddr);
		*(__be32 *)e->remote = SOCK_COMMON(tp, skc_daddr);
	} else {
		BPF_CORE_READ_INTO(&e->local, sk, __sk_common.skc_v6_rcv_saddr.in6_u.u6_addr8);
		BPF_CORE_READ_INTO(&e->remote, sk, __sk_common.skc_v6_daddr.in6_u.u6_addr8);
	}
	/* No CPU opens two connections within 256 ns. Stays below 2^53 for 104 days. */
	c->id = (bpf_ktime_get_ns() & ~0xffULL) | (bpf_get_smp_processor_id() & 0xff);
	c->is_old = sock_bytes(tp, read_to, written_to) > SOCK_LIMIT_EMPTY;
}

/* Present time and jiffies of the first call: with a later pair they tell how long a jiffy is. */
static __u64 epoch_ns, epoch_jiffies;

/* Kernels are built with 100, 250, 300 or 1000 jiffies a second: how long one is, of what was measured over a few of them. */
static __always_inline __u64 jiffy_ns(__u64 measured)
{
	if (measured > 6000000)
		return 10000000;
	if (measured > 3650000)
		return 4000000;
	return measured > 2000000 ? 3333333 : 1000000;
}

/*
 * When the bytes about to be read reached the socket. The kernel keeps the time of the socket's latest packet for its own use,
 * which costs us nothing, unlike a program on sk_data_ready. A delayed ACK, 40 ms after the data at the earliest, moves
 * it on; then the jiffy of the latest data counts.
 */
static __always_inline __u64 sock_arrival_ns(const struct tcp_sock *tp, __u64 now)
{
	__u64 jiffies = bpf_jiffies64(), clock, waited;
	__u32 age = (__u32)jiffies - SOCK_READ(tp, inet_conn.icsk_ack.lrcvtime);

	if (!epoch_ns) {
		epoch_jiffies = jiffies;
		epoch_ns = now;
	}
	clock = SOCK_READ(tp, tcp_clock_cache);
	if (clock > now || !clock)
		clock = now;
	if (age < SOCK_QUEUE_JIFFIES || jiffies - epoch_jiffies < 16)
		return clock;
	waited = age * jiffy_ns((now - epoch_ns) / (jiffies - epoch_jiffies));
	return waited < now && now - waited < clock ? now - waited : clock;
}

#endif
