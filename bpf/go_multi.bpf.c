// SPDX-License-Identifier: GPL-2.0
/* Probes in libraries of Go, for what the wire does not tell: Linux 5.15 and later, as those in tls_multi.bpf.c. */
#include "lib/probe_cookie.h"
#include "lib/go_library.h"

char LICENSE[] SEC("license") = "GPL";

/* net/http: (connection, response writer, …); grpc-go: (server, interface of the connection, stream). */
static __always_inline void go_stream(struct pt_regs *ctx, __u32 place, __u32 pid, __u64 goid, __u64 field)
{
	__u64 first = GO_ARGUMENT_1(ctx), second = GO_ARGUMENT_2(ctx);
	__u64 third = GO_ARGUMENT_3(ctx), fourth = GO_ARGUMENT_4(ctx);

	barrier_var(first); /* as below */
	barrier_var(third);
	if (place == GO_PLACE_STREAM)
		go_serves_stream(pid, goid, first, go_word(go_word(second)) + GO_HTTP2_STREAM_ID,
				 field & GO_COOKIE_TELL);
	else if (field & GO_COOKIE_POINTER)
		go_serves_stream(pid, goid, third, go_word(fourth), true);
	else
		go_serves_stream(pid, goid, third, fourth + field, true);
}

/* A place in a library, enum go_place. Sends routes that were never met, and what is said of streams of HTTP/2. */
SEC("uprobe.multi")
int BPF_UPROBE(go_library)
{
	__u64 cookie = probe_cookie(ctx), field = cookie >> GO_COOKIE_FIELD_SHIFT, goid;
	__u32 place = cookie & (PROBE_COOKIE_ON_CHECK - 1), pid = current_process();
	struct go_process *process;
	struct go_draft draft = {};
	__u64 context = GO_ARGUMENT_1(ctx), second = GO_ARGUMENT_2(ctx), seventh = GO_ARGUMENT_7(ctx);

	barrier_var(second); /* the verifier refuses a choice between places in the context */
	barrier_var(seventh);

	if (!is_probed_target() || !go_begins(ctx, cookie) || !(process = bpf_map_lookup_elem(&go_processes, &pid)))
		return 0;
	if (place == GO_PLACE_SPAWN) {
		go_spawn(process, pid, GO_GOROUTINE(ctx), GO_ARGUMENT_2(ctx));
		return 0;
	}
	goid = goid_of(process, GO_GOROUTINE(ctx));
	if (place == GO_PLACE_HANDLER)
		go_handler(pid, goid);
	else if (place == GO_PLACE_CALL)
		go_call(pid, goid, GO_ARGUMENT_1(ctx));
	else if (place == GO_PLACE_STREAM || place == GO_PLACE_GRPC)
		go_stream(ctx, place, pid, goid, field);
	else if (place == GO_PLACE_LOOKUP)
		go_lookup(pid, goid, field == 7 ? seventh : second);
	if (place < GO_PLACE_PATTERN || place == GO_PLACE_LOOKUP || place == GO_PLACE_GRPC)
		return 0;
	if (place == GO_PLACE_FOUND || place == GO_PLACE_PARTS)
		context = go_lookup_take(pid, goid);
	go_found(ctx, place, field, context, &draft);
	go_routed(pid, goid, &draft);
	return 0;
}
