/* SPDX-License-Identifier: GPL-2.0 */
/* The end of an exchange, for user space and for what its process is serving. */
#ifndef LIB_EXCHANGE_END_H
#define LIB_EXCHANGE_END_H

#include "lib/exchange.h"
#include "lib/trace.h"

/* The exchange being answered is over: tell user space and go on to the next one. */
static __always_inline void exchange_finish(struct conn *c, __u64 sock, struct http_event *e)
{
	if (is_tracing)
		trace_answered(e, sock);
	exchange_emit(e);
	exchange_release(c, sock, c->responses);
	c->responses++;
}

/* What the request led to, another protocol, is over, or is one that tells its own exchanges. */
static __always_inline void upgrade_done(struct conn *c, __u64 sock, __u64 end_ns)
{
	struct http_event *e = c->requests == c->responses ? NULL : exchange_find(c, sock, c->responses);

	if (!e)
		return;
	e->end_ns = end_ns;
	e->flags |= HTTP_FLAG_RESPONSE_DONE;
	exchange_finish(c, sock, e);
}

#endif
