/* SPDX-License-Identifier: GPL-2.0 */
/* Part of abi.h: TLS as far as user space has a hand in it. */
#ifndef ABI_TLS_H
#define ABI_TLS_H

/* A captured process has a connection with TLS: its libraries may have to be looked at. */
struct tls_event {
	__u16 kind;
	__u16 reserved;
	__u32 pid;
};
ABI_ASSERT(sizeof(struct tls_event) == 8, "tls_event");

/* How much of a process's TLS is seen. */
struct tls_process {
	__u64 told_ns;	/* of the latest tls_event */
	__u64 found_ns; /* when the latest connection turned out to carry TLS */
	__u64 sole;	/* key of that one, and its conn.id, if no other did so shortly before; 0 otherwise */
	__u64 sole_id;
	__u32 connections; /* with TLS */
	__u32 seen;	   /* of those: plaintext was seen */
};
ABI_ASSERT(sizeof(struct tls_process) == 40, "tls_process");

/* A connection of a TLS library. */
struct tls_session_key {
	__u64 session; /* its address: SSL*, gnutls_session_t, *tls.Conn */
	__u32 pid;
	__u32 reserved;
};
ABI_ASSERT(sizeof(struct tls_session_key) == 16, "tls_session_key");

/* Which connection of the kernel's it belongs to. */
struct tls_session {
	__u64 plain;   /* key of the connection that holds what was decrypted */
	__u64 conn_id; /* of the encrypted one, which tells whether it is still the same; 0 = its socket is unknown */
};
ABI_ASSERT(sizeof(struct tls_session) == 16, "tls_session");

/* What a probe in a C library means. The low bits of its cookie, or of the program that stands for it. */
enum tls_call {
	TLS_CALL_READ = 1,
	TLS_CALL_WRITE = 2,
	TLS_CALL_HANDSHAKE = 3,
	TLS_CALL_FREE = 4,
	TLS_CALL_COUNT_4TH =
		16, /* the 4th argument tells where the number of bytes goes, the result is only a success */
	TLS_CALL_COUNT_5TH = 32, /* the 5th does */
};

/* Where in a function of Go's crypto/tls a probe sits. */
enum tls_go {
	TLS_GO_READ = 1,       /* Read begins */
	TLS_GO_READ_MOVE = 2,  /* Read calls memmove with what was decrypted */
	TLS_GO_READ_BYTES = 3, /* Read calls bytes.Reader.Read for the same */
	TLS_GO_READ_END = 4,   /* Read returns */
	TLS_GO_WRITE = 5,      /* Write begins */
};

/* Part of a cookie. */
enum probe_cookie {
	PROBE_COOKIE_RETURN = 0x2000, /* of a call, enum tls_call */
	PROBE_COOKIE_GO = 0x4000,     /* enum tls_go */
	/* On the jump of a function of Go that checks its stack: it begins only when that jump is not taken. */
	PROBE_COOKIE_ON_CHECK = 0x8000,
};

#endif
