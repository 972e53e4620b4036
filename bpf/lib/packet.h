/* SPDX-License-Identifier: GPL-2.0 */
/* What a packet of TCP carries, from its first byte on, which is that of the IP header. */
#ifndef LIB_PACKET_H
#define LIB_PACKET_H

#include "kernel.h"

struct packet {
	__u32 seq;    /* of the first byte that it carries */
	__u32 first;  /* where that is */
	__u32 length; /* bytes that it carries */
};

enum packet_layout {
	PACKET_IPV4_PROTOCOL = 9,
	PACKET_IPV6_NEXT = 6,
	PACKET_IPV6_BYTES = 40,
	PACKET_TCP_BYTES = 20,
	PACKET_TCP_FLAG_SYN = 2,
};

struct packet_tcp {
	__be16 ports[2];
	__be32 seq;
	__be32 ack;
	__u8 words; /* of the header, in its upper half */
	__u8 flags;
};

/* False: it carries nothing. IPv6 with headers between is passed by, and what it carries missed. */
static __always_inline bool packet_read(struct __sk_buff *skb, struct packet *p)
{
	struct packet_tcp tcp = {};
	__u8 version = 0, protocol = 0;
	__u32 at;

	if (bpf_skb_load_bytes(skb, 0, &version, sizeof(version)))
		return false;
	if (version >> 4 == 4) {
		at = (version & 0xf) * 4;
		bpf_skb_load_bytes(skb, PACKET_IPV4_PROTOCOL, &protocol, sizeof(protocol));
	} else {
		at = PACKET_IPV6_BYTES;
		bpf_skb_load_bytes(skb, PACKET_IPV6_NEXT, &protocol, sizeof(protocol));
	}
	if (protocol != IPPROTO_TCP || bpf_skb_load_bytes(skb, at, &tcp, sizeof(tcp)))
		return false;
	p->first = at + (tcp.words >> 4) * 4;
	if (tcp.flags & PACKET_TCP_FLAG_SYN || skb->len <= p->first)
		return false;
	p->seq = bpf_ntohl(tcp.seq);
	p->length = skb->len - p->first;
	return true;
}

/* So many of `bytes`, which are not 0, as `most` has room for, a power of 2. */
static __always_inline __u32 packet_part(__u32 bytes, const __u32 most)
{
	if (bytes > most)
		bytes = most;
	barrier_var(bytes);
	return ((bytes - 1) & (most - 1)) + 1; /* it is already: old verifiers know it by this only */
}

#endif
