/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How global functions get at the run in hand. The verifier looks at such a function once, alone, which keeps the loops
 * around it small. Where the kernel lets it take memory (5.12) it is handed the connection and the run; where it may
 * not, it looks both up again, by the number of the run's place in `work`. SAME_RUN and SAME_WORK hand on what it was handed.
 */
#ifndef LIB_RUN_ARGUMENTS_H
#define LIB_RUN_ARGUMENTS_H

#include "maps/conns.h"
#include "maps/work.h"

/* An object whose programs interrupt each other has several places for runs of each direction: see lib/packet_work.h. */
#ifdef HAS_PLACES
#define RUN_NUMBER(w, dir) ((w)->place * 2 + ((dir)&1))
#else
#define RUN_NUMBER(w, dir) (dir)
#endif

static __always_inline struct work *work_of(int run)
{
	__u32 index = run & (WORK_LIMIT_RUNS - 1);

	return bpf_map_lookup_elem(&work, &index);
}

#ifdef CAN_PASS_MEMORY
#define WORK_PARAMETER struct work *w
#define WORK_ARGUMENT(w, dir) w
#define FIND_WORK(dir)
#define RUN_PARAMETERS struct conn *c, struct work *w, int dir
#define RUN_ARGUMENTS(c, w, dir) c, w, dir
#define SAME_RUN c, w, dir
#define SAME_WORK w
#define FIND_RUN(dir)
#define TAKES_MEMORY __attribute__((noinline))
#else
#define WORK_PARAMETER int run
#define WORK_ARGUMENT(w, dir) RUN_NUMBER(w, dir)
#define FIND_WORK(dir)                 \
	struct work *w = work_of(run); \
	int dir __attribute__((unused)) = run & 1
#define RUN_PARAMETERS int run
#define RUN_ARGUMENTS(c, w, dir) RUN_NUMBER(w, dir)
#define SAME_RUN run
#define SAME_WORK run
#define FIND_RUN(dir)   \
	FIND_WORK(dir); \
	struct conn *c = w ? bpf_map_lookup_elem(&conns, &w->sock) : NULL
/* Not global: looked at in its caller. */
#define TAKES_MEMORY static __attribute__((noinline))
#endif

#endif
