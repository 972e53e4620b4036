/* One object with a bit of everything the addon has to handle. */
#include <linux/bpf.h>
#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>
#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "GPL";

const volatile __u32 only_pid;
const volatile __u8 is_loud;
const volatile __u64 wide = 1;
const volatile char label[16];

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 16);
	__type(key, __u32);
	__type(value, __u64);
} pairs SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 2);
	__type(key, __u32);
	__type(value, __u32);
} hits SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 1 << 20);
} records SEC(".maps");

struct burst {
	__u32 count;
	__u32 size;
	__u32 sent;
	__u32 flags;
};

enum { SMALL = 4, LARGE = 4000, HUGE = 300000 };

/* The index, first and last, shows whether a record arrives whole. */
#define SEND_RECORD(size)                                               \
	({                                                              \
		__u64 *record = bpf_ringbuf_reserve(&records, size, 0); \
		if (record) {                                           \
			record[0] = index;                              \
			record[(size) / 8 - 1] = index;                 \
			bpf_ringbuf_submit(record, burst->flags);       \
		}                                                       \
		record != NULL;                                         \
	})

static long send_one(__u32 index, struct burst *burst)
{
	bool is_sent;

	if (burst->size == SMALL)
		is_sent = !bpf_ringbuf_output(&records, &index, sizeof(index), burst->flags);
	else if (burst->size == LARGE)
		is_sent = SEND_RECORD(LARGE);
	else
		is_sent = SEND_RECORD(HUGE);
	if (!is_sent)
		return 1;
	burst->sent++;
	return 0;
}

/* Run on demand: sends `count` records holding their index and leaves in `sent` how many the ring
 * took. */
SEC("syscall")
int send(struct burst *burst)
{
	struct burst copy = *burst;

	bpf_loop(copy.count, send_one, &copy, 0);
	burst->sent = copy.sent;
	return copy.sent;
}

/* Run on demand: what the constants are. */
SEC("syscall")
int sum_constants(void *ctx)
{
	return only_pid + is_loud + wide + label[0];
}

/* Fires when a thread of `only_pid` enters a system call. */
SEC("tp_btf/sys_enter")
int on_sys_enter(void *ctx)
{
	__u32 zero = 0, *count;

	if (bpf_get_current_pid_tgid() >> 32 != only_pid)
		return 0;
	count = bpf_map_lookup_elem(&hits, &zero);
	if (count)
		__sync_fetch_and_add(count, 1);
	return 0;
}

/* Attached by the tests to functions of a program; the cookie tells which. */
SEC("uprobe.multi")
int on_probe(void *ctx)
{
	__u32 key = bpf_get_attach_cookie(ctx);
	__u64 one = 1, *count = bpf_map_lookup_elem(&pairs, &key);

	if (count)
		__sync_fetch_and_add(count, 1);
	else
		bpf_map_update_elem(&pairs, &key, &one, BPF_ANY);
	return 0;
}

SEC("uprobe")
int on_single_probe(void *ctx)
{
	return on_probe(ctx);
}

struct bpf_iter_meta {
	struct seq_file *seq;
} __attribute__((preserve_access_index));

struct task_struct {
	int pid;
} __attribute__((preserve_access_index));

struct bpf_iter__task {
	struct bpf_iter_meta *meta;
	struct task_struct *task;
} __attribute__((preserve_access_index));

/* Writes the number of every thread. */
SEC("iter/task")
int list_tasks(struct bpf_iter__task *ctx)
{
	struct task_struct *task = ctx->task;
	int pid;

	if (!task)
		return 0;
	pid = task->pid;
	bpf_seq_write(ctx->meta->seq, &pid, sizeof(pid));
	return 0;
}

/* Fires when a socket of the cgroup changes state. */
SEC("sockops")
int on_sockops(struct bpf_sock_ops *ctx)
{
	return 1;
}
