/* Sends one record of each kind with known values: what TypeScript reads at its generated offsets must be these. */
#include "kernel.h"
#include "abi.h"

char LICENSE[] SEC("license") = "GPL";

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 1 << 16);
} records SEC(".maps");

SEC("syscall")
int send_http_event(void *ctx)
{
	struct http_event *e = bpf_ringbuf_reserve(&records, sizeof(*e), 0);

	if (!e)
		return 1;
	__builtin_memset(e, 0, sizeof(*e));
	e->kind = EVENT_KIND_HTTP;
	e->role = HTTP_ROLE_CLIENT;
	e->outcome = HTTP_OUTCOME_LOCAL_RESET;
	e->pid = 1001;
	e->connection = 1002;
	e->index = 1003;
	e->status = 1004;
	e->flags = HTTP_FLAG_OLD_CONNECTION;
	e->family = 10;
	e->local_port = 1005;
	e->remote_port = 1006;
	e->line_bytes = 1007;
	e->local[0] = 11;
	e->remote[0] = 12;
	e->arrival_ns = 1008;
	e->start_ns = 1009;
	e->first_byte_ns = 1010;
	e->end_ns = 1011;
	e->request_bytes = 1012;
	e->response_bytes = 1013;
	e->head_bytes = 1014;
	e->head[0] = 13;
	bpf_ringbuf_submit(e, 0);
	return 0;
}

SEC("syscall")
int send_head_part(void *ctx)
{
	struct head_part *part = bpf_ringbuf_reserve(&records, sizeof(*part), 0);

	if (!part)
		return 1;
	__builtin_memset(part, 0, sizeof(*part));
	part->kind = EVENT_KIND_HEAD_PART;
	part->from = 1001;
	part->bytes = 1002;
	part->connection = 1003;
	part->index = 1004;
	part->offset = 1005;
	part->data[0] = 14;
	bpf_ringbuf_submit(part, 0);
	return 0;
}

SEC("syscall")
int send_process(void *ctx)
{
	struct process_event *event = bpf_ringbuf_reserve(&records, sizeof(*event), 0);

	if (!event)
		return 1;
	__builtin_memset(event, 0, sizeof(*event));
	event->kind = PROCESS_KIND_LISTEN;
	event->host_pid = 1001;
	event->pid = 1002;
	event->parent_pid = 1003;
	event->start_ns = 1004;
	event->port = 1005;
	event->family = 1006;
	event->name[0] = 15;
	bpf_ringbuf_submit(event, 0);
	return 0;
}
