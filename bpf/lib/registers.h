/* SPDX-License-Identifier: GPL-2.0 */
/* Registers at a probe, as the calling convention of Go uses them: https://go.dev/s/regabi */
#ifndef LIB_REGISTERS_H
#define LIB_REGISTERS_H

#include "kernel.h"
#include "abi.h"

#if defined(__TARGET_ARCH_x86)
#define GO_ARGUMENT_1(ctx) ((ctx)->rax)
#define GO_ARGUMENT_2(ctx) ((ctx)->rbx)
#define GO_ARGUMENT_3(ctx) ((ctx)->rcx)
#define GO_ARGUMENT_4(ctx) ((ctx)->rdi)
#define GO_ARGUMENT_7(ctx) ((ctx)->r9)
#define GO_ARGUMENT_8(ctx) ((ctx)->r10)
#define GO_GOROUTINE(ctx) ((ctx)->r14)
#define GO_GOROUTINE_AT __builtin_offsetof(struct pt_regs, r14)
/* jbe: below or equal, by the carry and the zero flag */
#define GO_GROWS_STACK(ctx) (((ctx)->eflags & 0x41) != 0)
#elif defined(__TARGET_ARCH_arm64)
#define GO_ARGUMENT_1(ctx) (((const struct user_pt_regs *)(ctx))->regs[0])
#define GO_ARGUMENT_2(ctx) (((const struct user_pt_regs *)(ctx))->regs[1])
#define GO_ARGUMENT_3(ctx) (((const struct user_pt_regs *)(ctx))->regs[2])
#define GO_ARGUMENT_4(ctx) (((const struct user_pt_regs *)(ctx))->regs[3])
#define GO_ARGUMENT_7(ctx) (((const struct user_pt_regs *)(ctx))->regs[6])
#define GO_ARGUMENT_8(ctx) (((const struct user_pt_regs *)(ctx))->regs[7])
#define GO_GOROUTINE(ctx) (((const struct user_pt_regs *)(ctx))->regs[28])
#define GO_GOROUTINE_AT (28 * sizeof(__u64))
#define GO_GROWS_STACK(ctx) false /* probes sit behind the check */
#endif

/* Whether the function begins now, or for the second time in a moment, when its stack has grown. */
static __always_inline bool go_begins(struct pt_regs *ctx, __u64 cookie)
{
	return !(cookie & PROBE_COOKIE_ON_CHECK) || !GO_GROWS_STACK(ctx);
}

#endif
