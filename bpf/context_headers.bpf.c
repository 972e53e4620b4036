// SPDX-License-Identifier: GPL-2.0
/*
 * Writes a traceparent header into requests as they leave. That takes a map of sockets, which on several kernels harms those in it: it is
 * attached where src/kernel/header-trial.ts has seen that this one does not. Only connections that captured processes begin get into
 * the map, and only what the capture programs have seen to begin with a whole head of HTTP/1 without such a header is changed.
 */
#include "kernel.h"
#include "lib/count.h"
#include "lib/sock.h"
#include "lib/target.h"
#include "maps/conns.h"
#include "maps/headers.h"

char LICENSE[] SEC("license") = "GPL";

/* In place of captured processes: the one that tries on itself what this does to sockets, and writes to `headers_out` by itself. */
const volatile __u32 tried_pid;

struct {
	__uint(type, BPF_MAP_TYPE_SOCKHASH);
	__uint(max_entries, 65536);
	__type(key, __u64); /* the address of their struct sock */
	__type(value, __u64);
} header_socks SEC(".maps");

/* By the same: captured processes begin these connections. When they stand, the current process may be any. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 16384);
	__type(key, __u64);
	__type(value, __u8);
} header_begun SEC(".maps");

enum header {
	HEADER_BYTES = 70, /* with its line end */
	HEADER_ID = 16,
	HEADER_SPAN = 49,
	HEADER_FLAGS = 66,
};

static const char header_text[HEADER_BYTES] =
	"traceparent: 00-................................-................-..\r\n";

static __always_inline bool is_wanted(void)
{
	return tried_pid ? task_process() == tried_pid : is_target_task();
}

/* Fires where a TCP connection of the cgroup begins, and where it stands. */
SEC("sockops")
int header_connect(struct bpf_sock_ops *ops)
{
	struct bpf_sock *sk = ops->sk;
	__u64 key = (__u64)sk;
	__u8 yes = 1;

	if (!sk)
		return 1;
	if (ops->op == BPF_SOCK_OPS_TCP_CONNECT_CB && is_wanted()) /* in the process that connects */
		bpf_map_update_elem(&header_begun, &key, &yes, BPF_ANY);
	if (ops->op == BPF_SOCK_OPS_ACTIVE_ESTABLISHED_CB && !bpf_map_delete_elem(&header_begun, &key))
		bpf_sock_hash_update(ops, &header_socks, &key, BPF_NOEXIST);
	return 1;
}

static __always_inline void write_hex(char *at, const void *bytes, __u32 count)
{
	const __u8 *byte = bytes;
	__u32 i;

	for (i = 0; i < count; i++) {
		__u8 high = byte[i] >> 4, low = byte[i] & 0xf;

		at[2 * i] = high + (high < 10 ? '0' : 'a' - 10);
		at[2 * i + 1] = low + (low < 10 ? '0' : 'a' - 10);
	}
}

/* Makes room behind the request line, and writes. False: nothing was changed. */
static __always_inline bool header_write(struct sk_msg_md *msg, const struct header_context *header)
{
	char *text, *end;

	if (bpf_msg_push_data(msg, header->at, HEADER_BYTES, 0))
		return false;
	if (bpf_msg_pull_data(msg, header->at, header->at + HEADER_BYTES, 0))
		goto undo;
	text = msg->data;
	end = msg->data_end;
	if (text + HEADER_BYTES > end)
		goto undo;
	__builtin_memcpy(text, header_text, HEADER_BYTES);
	write_hex(text + HEADER_ID, header->id, sizeof(header->id));
	write_hex(text + HEADER_SPAN, &header->span, sizeof(header->span));
	write_hex(text + HEADER_FLAGS, &header->flags, sizeof(header->flags));
	return true;
undo:
	bpf_msg_pop_data(msg, header->at, HEADER_BYTES, 0);
	return false;
}

/* A process sends through a socket of the map, which is locked. */
SEC("sk_msg")
int header_send(struct sk_msg_md *msg)
{
	__u64 key = (__u64)msg->sk;
	struct header_context header, *waiting = bpf_map_lookup_elem(&headers_out, &key);
	const struct tcp_sock *tp;
	struct conn *c;

	if (!waiting)
		return SK_PASS;
	header = *waiting;
	bpf_map_delete_elem(&headers_out, &key);
	c = bpf_map_lookup_elem(&conns, &key);
	tp = c ? (const struct tcp_sock *)c->sock
	       : NULL; /* its address, which `key` holds in a form that cannot be followed */
	if (!tried_pid && (!tp || SOCK_READ(tp, write_seq) != header.seq))
		return SK_PASS;
	if (header.at > msg->size || !header_write(msg, &header)) {
		count(COUNTER_LOST_HEADER, 1);
		return SK_PASS;
	}
	count(COUNTER_HEADER_WRITTEN, 1);
	if (c) /* these bytes are none that the process has sent: they are passed over */
		c->stream[TX].next += HEADER_BYTES;
	return SK_PASS;
}
