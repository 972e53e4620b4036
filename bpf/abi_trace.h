/* SPDX-License-Identifier: GPL-2.0 */
/* What ties exchanges to traces: part of abi.h, which includes it. */
#ifndef ABI_TRACE_H
#define ABI_TRACE_H

/* How the trace and the parent of an exchange are known. */
enum trace_link {
	TRACE_LINK_NONE = 0,	  /* not at all: the exchange begins a trace */
	TRACE_LINK_HEADER = 1,	  /* by its own traceparent header */
	TRACE_LINK_OPTION = 2,	  /* by the TCP option of the segment that it began with */
	TRACE_LINK_HOST = 3,	  /* a captured process of this host sent these very bytes */
	TRACE_LINK_THREAD = 4,	  /* the thread that calls is serving the parent */
	TRACE_LINK_ONLY = 5,	  /* the process that calls is serving the parent and nothing else */
	TRACE_LINK_FORWARDED = 6, /* its traceparent header is that of the parent */
	TRACE_LINK_GOROUTINE = 7, /* the goroutine that calls, or one that it descends from, is serving the parent */
	TRACE_LINK_TURN = 8,	  /* it is made while the event loop hands over what it read of the parent */
};

/* Ids are bytes in the order in which they are written. All zero: the kernel programs were not asked for traces. */
struct trace_context {
	__u64 id[2];
	__u64 span;
	__u64 parent; /* 0 = none */
	__u8 flags;   /* of the trace: https://www.w3.org/TR/trace-context/#trace-flags */
	__u8 link;
	__u8 is_served; /* counted among what its process serves */
	__u8 reserved[5];
};
ABI_ASSERT(sizeof(struct trace_context) == 40, "trace_context");

/* Value of the map `headers_out`: what a request that is about to leave shall say, and where. */
struct header_context {
	__u64 id[2];
	__u64 span;
	__u32 seq; /* TCP sequence number of its first byte */
	__u32 at;  /* length of the request line: the header goes behind it */
	__u8 flags;
	__u8 reserved[7];
};
ABI_ASSERT(sizeof(struct header_context) == 40, "header_context");

enum trace_policy_flag {
	TRACE_POLICY_FLAG_THREADS = 1, /* a request stays on the thread that reads it, until it is answered */
	TRACE_POLICY_FLAG_TURNS = 2,   /* the process has libuv's event loop, and keeps frame pointers */
};

/* Value of the map `trace_policies`, keyed by host pid. */
struct trace_policy {
	__u64 bound; /* a trace that begins here is sampled when the upper 52 bits of the second half of its id are below */
	__u32 flags;
	__u32 reserved;
};

enum trace_limit {
	TRACE_LIMIT_PARENT_BYTES = 64,	/* kept of a traceparent header: more than any version that is known has */
	TRACE_LIMIT_STATE_BYTES = 2048, /* sent of the tracestate headers of a request */
};

#endif
