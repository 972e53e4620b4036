// SPDX-License-Identifier: GPL-2.0
/* At the probes of one number, where the kernel does not keep numbers: one of these objects is loaded for each. See lib/probe_cookie.h. */
#define IS_ENTERED
#include "lib/probe_cookie.h"

char LICENSE[] SEC("license") = "GPL";

const volatile __u64 cookie;

/* The program that the number is meant for. */
struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} entered_program SEC(".maps");

SEC("uprobe")
int probe_entry(struct pt_regs *ctx)
{
	__u64 *mine = entered_cookie_of_cpu();

	if (!mine)
		return 0;
	*mine = cookie;
	bpf_tail_call(ctx, &entered_program, 0);
	return 0;
}
