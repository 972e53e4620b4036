/* SPDX-License-Identifier: GPL-2.0 */
/* What is remembered of a TCP connection between two calls of the process. */
#ifndef LIB_CONN_H
#define LIB_CONN_H

#include "kernel.h"
#include "abi.h"

enum direction { RX = 0, TX = 1 };

/*
 * An object that looks at packets, not at what processes do, defines SEES_PACKETS before it includes anything. The current process means
 * nothing to it, so it knows neither traces nor threads, and what a process has written it sees when that leaves.
 */
#ifdef SEES_PACKETS
static const bool sees_packets = true;
#else
static const bool sees_packets = false;
#endif

enum conn_kind {
	CONN_KIND_UNKNOWN = 0,
	CONN_KIND_HTTP1 = 1,
	CONN_KIND_OPAQUE = 2, /* another protocol: bytes are counted, not read */
	CONN_KIND_HTTP2 = 3,
};

/* Messages that nobody counts among what a process serves: HTTP/2, unread TLS, other protocols. See lib/trace_uncounted.h. */
enum uncounted {
	UNCOUNTED_NONE = 0,
	UNCOUNTED_SERVED = 1, /* the other end asks */
	UNCOUNTED_CALLED = 2, /* the process asks */
};

/* Where a stream stands within its message. */
enum phase {
	PHASE_HEAD = 0,	 /* bytes of a head, or between messages when `head` is 0 */
	PHASE_FRAME = 1, /* chunk sizes and trailers; HTTP/2: `left` bytes of a frame that is sent to user space */
	PHASE_SKIP = 2,	 /* `left` bytes of a body, of a chunk or of a frame */
	PHASE_UNTIL_CLOSE = 3, /* a body that ends with the connection */
};

enum stream_flag {
	STREAM_RESPONSE = 1, /* the head is a status line's */
	STREAM_LENGTH = 2,   /* the head has a Content-Length */
	STREAM_CHUNKED = 4,
	STREAM_EXPECT = 8,
	STREAM_LINE = 16,      /* the request line is whole */
	STREAM_DRAFTED = 32,   /* the head's first bytes are being kept for the exchange conn.requests */
	STREAM_BEGUN = 64,     /* the exchange began before its request head was whole */
	STREAM_GRPC_WEB = 128, /* the content type is gRPC-Web's */
};

/* One direction of a connection. */
struct stream {
	__u64 left;	  /* of the body or chunk */
	__u64 length;	  /* number being read: Content-Length or chunk size */
	__u64 body;	  /* payload bytes of the message so far */
	__u64 message_ns; /* first byte of the message */
	__u64 last_ns;	  /* the latest bytes */
	__u32 next;	  /* TCP sequence number that comes next */
	__u32 head;	  /* bytes of the head so far */
	__u32 line;	  /* bytes of the request line with its end */
	__u32 first;	  /* TCP sequence number of the message's first byte */
	__u16 status;
	__u8 phase;
	__u8 state; /* enum http_state */
	__u8 flags;
	__u8 is_known;	/* `next` is set */
	__u8 is_resync; /* between messages for all we know: look for one at the start of each run */
	__u8 reserved;
};

enum frame_limit { FRAME_LIMIT_HEAD = 16 }; /* 9, the padding's length, the first bytes of DATA; a power of 2 */

/* What HTTP/2 needs besides: stream.head counts the bytes in `head`, stream.left those of the frame that are still to come. */
struct frames {
	__u8 head[FRAME_LIMIT_HEAD]; /* of the frame in hand */
	/* DATA that is not told yet, because more of the same stream may follow */
	__u8 data_prefix[FRAMES_LIMIT_PREFIX_BYTES];
	__u8 is_data;
	__u8 reserved[2];
	__u32 data_stream; /* big-endian, as it came */
	__u32 data_bytes;
	__u32 records; /* sent or lost so far */
};

struct conn {
	struct stream stream[2]; /* by enum direction */
	struct frames frames[2];
	__u64 id;
	__u64 sock;	  /* its key */
	__u64 arrival_ns; /* of the request being read */
	__u32 pid;	  /* of the request being read */
	__u32 requests;	  /* begun so far: index of the next exchange */
	__u32 responses;  /* finished so far: index of the exchange that is being answered */
	__u32 end_seq;	  /* is_ending: sequence number just behind the response */
	__u32 slot_index;
	__u8 kind;
	__u8 role;
	__u8 is_slot_used;   /* `slot` belongs to exchange slot_index */
	__u8 is_taken;	     /* packets: a CPU looks at one that came in, see lib/packet_order.h */
	__u8 is_peer_closed; /* FIN came before ours went */
	__u8 is_old;
	__u8 is_upgrading; /* to HTTP/2, or to another protocol: the next bytes of either direction tell */
	__u8 is_closed;	   /* at one end only: ends when all bytes have come through, or when the socket goes */
	__u8 outcome;	   /* is_closed: how */
	/* of the request being read, when traces are wanted */
	__u8 traceparents; /* headers of that name */
	__u8 traceparent_bytes;
	__u8 is_tls;	    /* encrypted; or, with kind HTTP, what was decrypted */
	__u8 is_plain_seen; /* encrypted: its plaintext has a connection of its own, see lib/tls_met.h */
	__u8 uncounted;	    /* enum uncounted */
	__u8 is_grpc_web;   /* the latest request is: what tells the status of its answer is sent, see lib/answer.h */
	__u8 is_shut;	    /* the process sends no more: its FIN has taken a sequence number */
	__u32 state_bytes;
	__u32 target_pid;    /* the process that was found among the targets when it used the connection */
	__u32 target_epoch;  /* and the epoch in which it was found */
	__u32 uncounted_pid; /* the process whose requests cannot be told apart because of it */
	struct trace_context
		promise; /* decrypted: of the request about to be sent, whose segment has been told of it; span 0 = none */
	__u32 option_from; /* decrypted: where in the encrypted bytes the next request begins at the earliest */
	__u32 arrived;	   /* packets: sequence number behind all that came in */
	__u32 is_ending;   /* the response is handed over, the kernel has not taken all of it yet: see ending_claim */
	__u8 traceparent[TRACE_LIMIT_PARENT_BYTES];
	__u8 traceparent_slack[TRACE_LIMIT_PARENT_BYTES]; /* as `slack` */
	struct http_event slot;		   /* the oldest unanswered exchange; further ones wait in `waiting` */
	__u8 slack[HTTP_LIMIT_HEAD_BYTES]; /* room that proves to the verifier that slot.head cannot overflow */
};

/* The stream of direction `dir`. */
static __always_inline struct stream *stream_of(struct conn *c, int dir)
{
	return dir & 1 ? &c->stream[TX] : &c->stream[RX];
}

/* The same, where it is HTTP/2. */
static __always_inline struct frames *frames_of(struct conn *c, int dir)
{
	return dir & 1 ? &c->frames[TX] : &c->frames[RX];
}

#endif
