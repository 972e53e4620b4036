/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How global functions get at the run in hand. The verifier looks at such a function once, alone, which keeps the loops
 * around it small. Where the kernel lets it take memory (5.12) it is handed the connection and the run; where it may
 * not, it looks both up again.
 */
#ifndef LIB_RUN_ARGUMENTS_H
#define LIB_RUN_ARGUMENTS_H

#include "maps/conns.h"
#include "maps/work.h"

static __always_inline struct work *work_of(int dir)
{
	__u32 index = dir & 1;

	return bpf_map_lookup_elem(&work, &index);
}

#ifdef CAN_PASS_MEMORY
#define WORK_PARAMETER struct work *w
#define WORK_ARGUMENT(w, dir) w
#define FIND_WORK(dir)
#define RUN_PARAMETERS struct conn *c, struct work *w, int dir
#define RUN_ARGUMENTS(c, w, dir) c, w, dir
#define FIND_RUN(dir)
#define TAKES_MEMORY __attribute__((noinline))
#else
#define WORK_PARAMETER int dir
#define WORK_ARGUMENT(w, dir) dir
#define FIND_WORK(dir) struct work *w = work_of(dir)
#define RUN_PARAMETERS int dir
#define RUN_ARGUMENTS(c, w, dir) dir
#define FIND_RUN(dir)                  \
	struct work *w = work_of(dir); \
	struct conn *c = w ? bpf_map_lookup_elem(&conns, &w->sock) : NULL
/* Not global: looked at in its caller. */
#define TAKES_MEMORY static __attribute__((noinline))
#endif

#endif
