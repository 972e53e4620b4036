/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Turns of libuv's event loop: one function reads from a socket and, before it returns, calls back whoever wants the bytes. What the
 * thread does while the frame of that function is on its stack, and nothing else was read since, is done because of those
 * bytes. Timers and other callbacks run when it has returned. Nothing but frame pointers is looked at, which Node.js keeps
 * in its own code and in what it compiles.
 */
#ifndef LIB_TURN_H
#define LIB_TURN_H

#include "lib/exchange.h"
#include "lib/tls_met.h"
#include "maps/traces.h"
#include "maps/turns.h"

const volatile bool is_turning; /* every read of a process is seen */

enum turn_limit { TURN_LIMIT_FRAMES = 96 }; /* between a callback and what it calls */

static __always_inline __u64 user_word(__u64 address)
{
	__u64 word = 0;

	bpf_probe_read_user(&word, sizeof(word), (void *)address);
	return word;
}

#if defined(__TARGET_ARCH_x86)
#define FRAME_POINTER(regs) BPF_CORE_READ(regs, bp)
struct pt_regs___frame {
	unsigned long bp;
} __attribute__((preserve_access_index));
#else
#define FRAME_POINTER(regs) BPF_CORE_READ(regs, regs[29])
struct pt_regs___frame {
	__u64 regs[31];
} __attribute__((preserve_access_index));
#endif

/* Of the function that made the system call: those of the C library keep none of their own. */
static __always_inline __u64 frame_pointer(void)
{
	const struct pt_regs___frame *regs = (void *)bpf_task_pt_regs(bpf_get_current_task_btf());

	return FRAME_POINTER(regs);
}

static __always_inline bool has_turns(__u32 pid)
{
	struct trace_policy *policy = is_turning ? bpf_map_lookup_elem(&trace_policies, &pid) : NULL;

	return policy && policy->flags & TRACE_POLICY_FLAG_TURNS;
}

static __always_inline struct turn *turn_now(void)
{
	__u64 thread = bpf_get_current_pid_tgid();

	return bpf_map_lookup_elem(&turns, &thread);
}

/*
 * What the thread has read begins this request, or another one as well. Later reads of the request begin no turn, nor do answers to
 * its calls: they may set free what others have waited for, such as a connection.
 */
static __always_inline void turn_about(const struct request_ref *request)
{
	struct turn *t = turn_now();

	if (!t)
		return;
	t->requests++;
	t->request = *request;
}

/* The thread reads from a connection of TCP. */
static __always_inline void turn_begin(void)
{
	__u64 thread = bpf_get_current_pid_tgid();
	struct turn now = {};

	if (!has_turns(thread >> 32))
		return;
	now.frame = frame_pointer();
	now.back = user_word(now.frame + sizeof(__u64));
	if (!now.back)
		now.frame = 0;
	bpf_map_update_elem(&turns, &thread, &now, BPF_ANY);
}

/* The thread read something that no program looks into, or the end of something. */
static __always_inline void turn_end(void)
{
	struct turn *t = turn_now();

	if (t)
		t->frame = 0;
}

/*
 * Whether the thread is called back by the function with this frame. Global: the verifier looks at it once, and also where nobody calls
 * it, so that what kernels before 5.15 cannot do has to be left out here.
 */
__attribute__((noinline)) int turn_is_on(__u64 frame, __u64 back)
{
	__u64 at, next;
	__u32 i;

	if (!is_turning)
		return 0;
	at = frame_pointer();
	for (i = 0; i < TURN_LIMIT_FRAMES; i++) {
		if (at == frame)
			return user_word(at + sizeof(__u64)) == back;
		next = user_word(at);
		if (at > frame || next <= at)
			return 0;
		at = next;
	}
	return 0;
}

/* The one request that the present turn is about. */
static __always_inline bool turn_request(struct request_ref *request)
{
	struct turn *t = turn_now();

	if (!t || !t->frame || t->requests != 1 || !turn_is_on(t->frame, t->back))
		return false;
	*request = t->request;
	return true;
}

/* A connection is being made: its first request will be the one that it is made for. */
static __always_inline void turn_connect(__u64 sock)
{
	__u32 pid = bpf_get_current_pid_tgid() >> 32;
	struct request_ref request;

	if (!has_turns(pid))
		return;
	if (turn_request(&request))
		bpf_map_update_elem(&connecting, &sock, &request, BPF_ANY);
	else
		bpf_map_delete_elem(&connecting, &sock);
}

/* The request in whose turn the call is made; of a connection's first call, the one that it was made for. */
static __always_inline bool turn_of_call(const struct conn *c, const struct http_event *e, struct request_ref *request)
{
	__u64 sock = c->sock & ~(__u64)TLS_KEY_PLAIN;
	struct request_ref *made;

	if (!has_turns(e->pid))
		return false;
	made = bpf_map_lookup_elem(&connecting, &sock);
	if (made) {
		*request = *made;
		bpf_map_delete_elem(&connecting, &sock);
		if (!c->responses)
			return true;
	}
	return turn_request(request);
}

#endif
