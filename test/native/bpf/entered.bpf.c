// SPDX-License-Identifier: GPL-2.0
/* What probes that have no number of their own lead to: counts calls by the number that the entry before it leaves. */
#define IS_ENTERED
#include "lib/probe_cookie.h"

char LICENSE[] SEC("license") = "GPL";

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 16);
	__type(key, __u32);
	__type(value, __u64);
} pairs SEC(".maps");

SEC("uprobe")
int on_entered(struct pt_regs *ctx)
{
	__u32 key = probe_cookie(ctx);
	__u64 one = 1, *count = bpf_map_lookup_elem(&pairs, &key);

	if (count)
		__sync_fetch_and_add(count, 1);
	else
		bpf_map_update_elem(&pairs, &key, &one, BPF_ANY);
	return 0;
}
