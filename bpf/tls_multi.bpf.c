// SPDX-License-Identifier: GPL-2.0
/*
 * Plaintext at the calls of TLS libraries, by probes on functions of the program, told apart by a number of ours (the cookie): Linux
 * 5.15 and later. From 6.6 on one link holds all probes of a file; before, each has its own.
 */
#include "lib/probe_cookie.h"
#include "lib/tls_go.h"

char LICENSE[] SEC("license") = "GPL";

/*
 * A library call begins or returns, or a place in Go's crypto/tls is reached: what was moved is walked, and exchanges that end with it
 * are sent. One program for all, for the verifier looks at all that a program calls. Its parts are functions of their own, so that
 * the walk has the stack that they used: kernels before 6.13 give 512 bytes to all that call each other.
 */
SEC("uprobe.multi")
int tls_probe(struct pt_regs *ctx)
{
	__u64 cookie = probe_cookie(ctx);
	struct plain_call moved = {};
	bool is_moved = false;

	if (cookie & PROBE_COOKIE_GO)
		is_moved = go_probe(ctx, cookie, &moved);
	else if (cookie & PROBE_COOKIE_RETURN)
		is_moved = tls_exit(cookie, PT_REGS_RC(ctx), &moved);
	else
		tls_enter(cookie, PT_REGS_PARM1(ctx), PT_REGS_PARM2(ctx), PT_REGS_PARM4(ctx), PT_REGS_PARM5(ctx));
	if (is_moved)
		plain_run(moved.session, moved.buffer, moved.length, moved.begin_ns, moved.dir);
	return 0;
}
