// SPDX-License-Identifier: GPL-2.0
/*
 * Carries the trace context of requests from host to host in a TCP option, and touches neither payload nor sockets. The segment
 * that a request begins with carries it, and no other. Where there is no room for it, or the segment is lost, the
 * request goes without.
 */
#include <linux/tcp.h>

#include "kernel.h"
#include "lib/count.h"
#include "lib/target.h"
#include "maps/options.h"

char LICENSE[] SEC("license") = "GPL";

enum option {
	OPTION_KIND = 25, /* the reference's */
	OPTION_BYTES = 26,
	OPTION_BYTES_FLAGGED = 27, /* ours, for traces whose flags are others than `sampled` */
	OPTION_FLAGS_SAMPLED = 1,
};

struct wire_option {
	__u8 kind;
	__u8 bytes;
	__u8 id[16];
	__u8 span[8];
	__u8 flags;
	__u8 room; /* options take multiples of four */
};

static __always_inline struct option_context *waiting_option(struct bpf_sock_ops *ops)
{
	struct bpf_sock *sk = ops->sk;
	__u64 key = (__u64)sk;
	struct option_context *context;

	if (!sk)
		return NULL;
	context = bpf_map_lookup_elem(&options_out, &key);
	return context && !context->is_over ? context : NULL;
}

/* How much room to leave in the next segment; without one, in segments to come. */
static __always_inline void option_reserve(struct bpf_sock_ops *ops)
{
	struct option_context *context = waiting_option(ops);

	if (!context)
		return;
	if ((__s32)(ops->snd_nxt - context->seq) > 0) { /* it has left already */
		context->is_over = 1;
		return;
	}
	if (ops->args[0] == BPF_WRITE_HDR_TCP_CURRENT_MSS || ops->snd_nxt == context->seq)
		bpf_reserve_hdr_opt(ops, OPTION_BYTES_FLAGGED, 0);
}

static __always_inline void option_write(struct bpf_sock_ops *ops)
{
	struct option_context *context = waiting_option(ops);
	struct wire_option option = { .kind = OPTION_KIND, .bytes = OPTION_BYTES };

	if (!context || ops->snd_nxt != context->seq)
		return;
	__builtin_memcpy(option.id, context->id, sizeof(option.id));
	__builtin_memcpy(option.span, &context->span, sizeof(option.span));
	option.flags = context->flags;
	if (context->flags != OPTION_FLAGS_SAMPLED)
		option.bytes = OPTION_BYTES_FLAGGED;
	context->is_over = 1;
	if (!bpf_store_hdr_opt(ops, &option, sizeof(option), 0))
		count(COUNTER_OPTION_WRITTEN, 1);
}

static __always_inline void option_read(struct bpf_sock_ops *ops)
{
	struct wire_option option = { .kind = OPTION_KIND };
	struct option_context now = {}, *before;
	struct tcphdr *segment = ops->skb_data;
	struct bpf_sock *sk = ops->sk;
	__u64 key = (__u64)sk;

	if (!sk || (void *)(segment + 1) > ops->skb_data_end ||
	    bpf_load_hdr_opt(ops, &option, sizeof(option), 0) < OPTION_BYTES)
		return;
	__builtin_memcpy(now.id, option.id, sizeof(now.id));
	__builtin_memcpy(&now.span, option.span, sizeof(now.span));
	now.seq = bpf_ntohl(segment->seq);
	now.flags = option.bytes == OPTION_BYTES ? OPTION_FLAGS_SAMPLED : option.flags;
	if (option.bytes > OPTION_BYTES_FLAGGED || !(now.id[0] | now.id[1]) || !now.span)
		return;
	/* A network card that cuts segments gives the option to each of them: the first one counts. */
	before = bpf_map_lookup_elem(&options_in, &key);
	if (before && before->span == now.span)
		return;
	count(COUNTER_OPTION_READ, 1);
	bpf_map_update_elem(&options_in, &key, &now, BPF_ANY);
}

/* Fires where a TCP connection of the cgroup asks what to do: for all when they begin, later for those that were chosen. */
SEC("sockops")
int context_tcp(struct bpf_sock_ops *ops)
{
	switch (ops->op) {
	case BPF_SOCK_OPS_TCP_CONNECT_CB: /* in the process that connects */
		if (is_target_task())
			bpf_sock_ops_cb_flags_set(ops, BPF_SOCK_OPS_WRITE_HDR_OPT_CB_FLAG);
		break;
	case BPF_SOCK_OPS_PASSIVE_ESTABLISHED_CB:
		/* Costs nothing but where a segment brings an option that the kernel does not know. */
		bpf_sock_ops_cb_flags_set(ops, BPF_SOCK_OPS_PARSE_UNKNOWN_HDR_OPT_CB_FLAG);
		break;
	case BPF_SOCK_OPS_HDR_OPT_LEN_CB:
		option_reserve(ops);
		break;
	case BPF_SOCK_OPS_WRITE_HDR_OPT_CB:
		option_write(ops);
		break;
	case BPF_SOCK_OPS_PARSE_HDR_OPT_CB:
		option_read(ops);
		break;
	}
	return 1;
}
