// SPDX-License-Identifier: GPL-2.0
/* Counts the exchanges of HTTP/1 that are under way, when user space asks for it: Linux 5.14 and later. */
#include "lib/conn.h"
#include "maps/conns.h"

char LICENSE[] SEC("license") = "GPL";

/* How many a process has on each side. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 16384);
	__type(key, struct active_key);
	__type(value, __u32);
} active SEC(".maps");

struct bpf_map;

static long active_add(struct bpf_map *map, const void *key, struct conn *c, void *context)
{
	struct active_key who = { .pid = c->pid, .role = c->role };
	__u32 open = c->requests - c->responses, *count;

	if (!open)
		return 0;
	count = bpf_map_lookup_elem(&active, &who);
	if (count)
		*count += open;
	else
		bpf_map_update_elem(&active, &who, &open, BPF_ANY);
	return 0;
}

/* Run by user space, which empties the map before. */
SEC("syscall")
int active_count(void *context)
{
	bpf_for_each_map_elem(&conns, active_add, NULL, 0);
	return 0;
}
