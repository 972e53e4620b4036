/* SPDX-License-Identifier: GPL-2.0 */
/* Part of abi.h: what is asked of the Go runtime and of libraries in Go, and what they tell. */
#ifndef ABI_GO_H
#define ABI_GO_H

/* Value of the map `go_processes`, keyed by host pid: places in structs of the runtime, which differ between its versions. */
struct go_process {
	__u32 goid; /* runtime.g.goid */
	__u32 curg; /* runtime.m.curg */
};
ABI_ASSERT(sizeof(struct go_process) == 8, "go_process");

/* Where in a library a probe sits: the low bits of its cookie. */
enum go_place {
	GO_PLACE_HANDLER = 1, /* net/http calls the handler of a request */
	GO_PLACE_SPAWN = 2,   /* the runtime has made a goroutine */
	GO_PLACE_CALL = 3,    /* net/http's client is about to ask through a connection */
	GO_PLACE_STREAM = 4,  /* the handler of an HTTP/2 stream begins */
	GO_PLACE_PATTERN = 5, /* ServeMux has found a pattern */
	GO_PLACE_MUX = 6,     /* gorilla/mux has matched */
	GO_PLACE_CONTEXT = 7, /* a router's context holds the pattern; the cookie says where */
	GO_PLACE_LOOKUP =
		8,	    /* a router begins to look for it, with a context; the cookie says which argument that is */
	GO_PLACE_FOUND = 9, /* and has found it: that context holds it */
	GO_PLACE_PARTS = 10, /* the same, in parts */
	GO_PLACE_GRPC = 11,  /* grpc-go begins to handle a call */
};

/* The upper part of a cookie. */
enum go_cookie {
	GO_COOKIE_FIELD_SHIFT = 16, /* a place in a struct */
	GO_COOKIE_TELL = 1,	    /* GO_PLACE_STREAM, instead: when the handler began is asked for */
	GO_COOKIE_POINTER = 1,	    /* GO_PLACE_GRPC, instead: what is passed begins with a pointer to the stream */
};

enum go_limit {
	GO_LIMIT_ROUTE_BYTES = 128,
};

/* A route that is met for the first time, and the number by which records name it. */
struct route_event {
	__u16 kind;
	__u16 bytes;
	__u32 route;
	__u8 text[GO_LIMIT_ROUTE_BYTES];
};
ABI_ASSERT(sizeof(struct route_event) == 8 + GO_LIMIT_ROUTE_BYTES, "route_event");

/* What a library says of a stream of HTTP/2. */
struct stream_event {
	__u16 kind;
	__u16 reserved;
	__u32 stream;
	__u64 connection; /* as in frames_event */
	__u64 handler_ns; /* its handler began; 0 = not asked for */
	__u32 route;	  /* 0 = not said */
	__u32 reserved2;
};
ABI_ASSERT(sizeof(struct stream_event) == 32, "stream_event");

#endif
