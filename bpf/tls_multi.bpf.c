// SPDX-License-Identifier: GPL-2.0
/*
 * Plaintext at the calls of TLS libraries, by probes on functions of the program: Linux 6.6 and later, where one link holds all probes
 * of a file and tells them apart by a number of ours (the cookie).
 */
#define CAN_CAST
#include "lib/tls_go.h"

char LICENSE[] SEC("license") = "GPL";

/* A library call begins: nothing is sent yet. */
SEC("uprobe.multi")
int BPF_UPROBE(tls_call, __u64 session, __u64 buffer, __u64 wanted, __u64 fourth, __u64 fifth)
{
	tls_enter(bpf_get_attach_cookie(ctx), session, buffer, fourth, fifth);
	return 0;
}

/* It returns: what it moved is walked, and exchanges that end with it are sent. */
SEC("uretprobe.multi")
int BPF_URETPROBE(tls_return, int result)
{
	tls_exit(bpf_get_attach_cookie(ctx), result);
	return 0;
}

/* A place in Go's crypto/tls, enum tls_go. */
SEC("uprobe.multi")
int BPF_UPROBE(tls_go)
{
	go_probe(ctx, bpf_get_attach_cookie(ctx));
	return 0;
}
