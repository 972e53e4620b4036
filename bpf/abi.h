/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Every struct and number that crosses from the kernel programs to user space, and nothing else. The TypeScript side
 * (src/kernel/abi.gen.ts) is generated from the BTF of this header: fixed-width types, explicit padding, no pointers, and
 * numbers are enumerators because macros leave no BTF.
 */
#ifndef ABI_H
#define ABI_H

#ifdef __cplusplus
#define ABI_ASSERT static_assert
#else
#define ABI_ASSERT _Static_assert
#endif

#include "abi_frames.h"
#include "abi_go.h"
#include "abi_process.h"
#include "abi_tls.h"
#include "abi_trace.h"

/* First member of every record in the ring `events`. */
enum event_kind {
	EVENT_KIND_HTTP = 1,	    /* struct http_event */
	EVENT_KIND_HEAD_PART = 2,   /* struct head_part */
	EVENT_KIND_STATE_PART = 3,  /* struct head_part: bytes of tracestate headers, `offset` counts these alone */
	EVENT_KIND_FRAMES = 4,	    /* struct frames_event */
	EVENT_KIND_TLS = 5,	    /* struct tls_event */
	EVENT_KIND_ROUTE = 6,	    /* struct route_event */
	EVENT_KIND_STREAM = 7,	    /* struct stream_event */
	EVENT_KIND_ANSWER_HEAD = 8, /* struct head_part: of the response to a call of gRPC-Web */
	EVENT_KIND_ANSWER_BODY =
		9, /* the same, from where its body or a chunk begins or ends; `offset` counts the body alone */
};

enum http_role {
	HTTP_ROLE_UNKNOWN = 0,
	HTTP_ROLE_SERVER = 1,
	HTTP_ROLE_CLIENT = 2,
};

/* How an exchange ended. */
enum http_outcome {
	HTTP_OUTCOME_COMPLETE = 0,
	HTTP_OUTCOME_UPGRADED = 1,     /* 101, or 2xx to CONNECT: what follows is another protocol */
	HTTP_OUTCOME_PEER_CLOSED = 2,  /* the other end sent FIN before the response was whole */
	HTTP_OUTCOME_PEER_RESET = 3,   /* the other end sent RST, or is gone */
	HTTP_OUTCOME_LOCAL_CLOSED = 4, /* this process closed first */
	HTTP_OUTCOME_LOCAL_RESET = 5,  /* this process closed with data unread or with linger 0 */
	HTTP_OUTCOME_FRAMING_LOST = 6, /* the end of the response was inferred from the next request */
};

enum http_flag {
	HTTP_FLAG_REQUEST_DONE = 1,
	HTTP_FLAG_RESPONSE_STARTED = 2,
	HTTP_FLAG_RESPONSE_DONE = 4,
	HTTP_FLAG_CONTINUED = 8,       /* 100 Continue was sent */
	HTTP_FLAG_EXPECT = 16,	       /* the request waits for 100 Continue */
	HTTP_FLAG_OLD_CONNECTION = 32, /* the connection is older than its capture */
	HTTP_FLAG_HEAD = 64,	       /* the method is HEAD: no body comes back */
	HTTP_FLAG_CONNECT = 128,       /* the method is CONNECT */
};

enum http_limit {
	HTTP_LIMIT_HEAD_BYTES = 256,	/* of a head kept in the record; what lies behind comes as head_part */
	HTTP_LIMIT_TARGET_BYTES = 8192, /* of a request line sent in parts at most */
	HTTP_LIMIT_PART_BYTES = 256,
	HTTP_LIMIT_TAIL_BYTES = 1024, /* of a body or chunk of gRPC-Web that are sent, besides its first ones */
};

/* One HTTP/1 exchange. Instants are ns of CLOCK_MONOTONIC, 0 = did not happen. */
struct http_event {
	__u16 kind;
	__u8 role;
	__u8 outcome;
	__u32 pid;
	__u64 connection; /* the same for all exchanges of a connection */
	__u32 index;	  /* of the exchange on its connection, from 0 */
	__u16 status;	  /* 0 = no response */
	__u8 flags;
	__u8 family; /* AF_INET or AF_INET6 */
	__u16 local_port;
	__u16 remote_port;
	__u32 line_bytes; /* length of the request line with its line end */
	__u8 local[16];
	__u8 remote[16];
	__u64 arrival_ns;    /* the request's bytes reached the socket; 0 on the client side */
	__u64 start_ns;	     /* the first byte of the request was read or written */
	__u64 first_byte_ns; /* the first byte of the final response */
	__u64 end_ns;	     /* the last byte of the response */
	__u64 request_bytes; /* of the body, without chunk framing */
	__u64 response_bytes;
	__u32 head_bytes; /* length of the request head, with its blank line */
	__u8 is_tls;
	__u8 is_grpc_web; /* as the request's content type says */
	__u8 reserved[2];
	struct trace_context trace;
	__u64 handler_ns; /* a library has called the handler */
	__u32 route;	  /* that a library has found: see struct route_event; 0 = none */
	__u32 reserved2;
	__u8 head[HTTP_LIMIT_HEAD_BYTES]; /* first bytes of the request; the record ends with the last one used */
};
ABI_ASSERT(sizeof(struct http_event) == 176 + HTTP_LIMIT_HEAD_BYTES, "http_event");

/* Bytes of a message that are not in http_event.head, such as more of a request line: [from, from + bytes) of data. */
struct head_part {
	__u16 kind;
	__u16 from;
	__u16 bytes;
	__u16 reserved;
	__u64 connection;
	__u32 index;  /* of the exchange */
	__u32 offset; /* of the first byte, from the start of the head */
	__u8 data[HTTP_LIMIT_PART_BYTES];
};
ABI_ASSERT(sizeof(struct head_part) == 24 + HTTP_LIMIT_PART_BYTES, "head_part");

/* Key of the map `owners`: the sockets of a network namespace that have these ports. */
struct owner_key {
	__u32 namespace; /* its inode */
	__u16 local_port;
	__u16 remote_port; /* 0: whoever listens on the local one */
};
ABI_ASSERT(sizeof(struct owner_key) == 8, "owner_key");

/* Key of the map `active`: who has exchanges under way. */
struct active_key {
	__u32 pid;
	__u32 role; /* enum http_role */
};
ABI_ASSERT(sizeof(struct active_key) == 8, "active_key");

/* Index into the per-CPU array `counters`: what was seen and, one by one, why something is missing. */
enum counter {
	COUNTER_EXCHANGES = 0,	/* http_event records sent */
	COUNTER_CONN_HTTP1 = 1, /* connections by what they turned out to carry */
	COUNTER_CONN_HTTP2 = 2,
	COUNTER_CONN_TLS = 3,
	COUNTER_CONN_OTHER = 4,
	COUNTER_CONN_OLD = 5,		 /* connections that were open before their capture */
	COUNTER_BYTES_SEEN = 6,		 /* of selected processes' TCP connections, both directions */
	COUNTER_BYTES_OPAQUE = 7,	 /* of those: in connections that are not HTTP */
	COUNTER_BYTES_MISSED = 8,	 /* carried by the kernel, passed by our programs */
	COUNTER_LOST_RING_FULL = 9,	 /* exchanges */
	COUNTER_LOST_CONN_FULL = 10,	 /* connections: the table is full */
	COUNTER_LOST_PIPELINE_FULL = 11, /* requests: too many wait on one connection or in all */
	COUNTER_LOST_UNREADABLE = 12, /* runs of bytes that a head was expected in and that have no readable memory */
	COUNTER_LOST_FAULT = 13,      /* reads of user memory that failed */
	COUNTER_LOST_LONG_RUN = 14,   /* runs with more messages or segments than one call can walk */
	COUNTER_LOST_FRAMING = 15,    /* connections whose place between messages was lost and found again */
	COUNTER_LOST_UNPAIRED = 16,   /* responses whose request was not seen */
	COUNTER_LOST_TRUNCATED_HEAD = 17, /* requests whose connection ended inside the head */
	COUNTER_LOST_PART = 18,		  /* parts of long request lines, and of answers of gRPC-Web */
	COUNTER_INVALID = 19,		  /* messages that began like HTTP/1 and were not */
	COUNTER_LOST_PROCESS_EVENT = 20,  /* process events: ring full */
	COUNTER_LOST_TARGET_FULL = 21,	  /* processes: the table is full */
	COUNTER_ADOPTED = 22,		  /* processes that the kernel programs selected by themselves */
	COUNTER_LOST_CALL_FULL = 23,	  /* calls: too many threads are inside one */
	COUNTER_IO_URING = 24,	     /* rings that captured processes made while system calls are the capture backend */
	COUNTER_LOST_UNREAD = 25,    /* exchanges whose response could not be read */
	COUNTER_OPTION_WRITTEN = 26, /* requests that left with a TCP option */
	COUNTER_OPTION_READ = 27,
	COUNTER_TLS_SEEN = 28,		/* connections whose plaintext was seen */
	COUNTER_TLS_NO_SOCKET = 29,	/* of those: nobody knows through which socket it came */
	COUNTER_LOST_TLS_BUSY = 30,	/* runs of plaintext: too many programs interrupted each other */
	COUNTER_LOST_FRAMES = 31,	/* records of HTTP/2 frames: ring full */
	COUNTER_LOST_ROUTE = 32,	/* routes that libraries found: too many, or ring full */
	COUNTER_HEADER_WRITTEN = 33,	/* requests that left with a header of ours */
	COUNTER_LOST_HEADER = 34,	/* requests that the kernel would not take a header into */
	COUNTER_LOST_PACKET_BUSY = 35,	/* packets: too many programs interrupted each other */
	COUNTER_LOST_PACKET_EARLY = 36, /* packets that came before others and found no room to wait */
	COUNTER_MAX = 40,
};

#endif
