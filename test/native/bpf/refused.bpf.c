/* The verifier refuses this one: it reads through a pointer that may be null. */
#include <linux/bpf.h>
#include <linux/types.h>
#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "GPL";

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} pairs SEC(".maps");

SEC("syscall")
int reads_null(void *ctx)
{
	__u32 key = 0;
	__u64 *value = bpf_map_lookup_elem(&pairs, &key);

	return *value;
}

SEC("syscall")
int is_fine(void *ctx)
{
	return 7;
}
