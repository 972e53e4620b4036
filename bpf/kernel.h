/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The few kernel types the programs read, declared as far as they read them. CO-RE relocates every access by name against
 * the running kernel's BTF, so order, offsets and the members left out do not matter here.
 */
#ifndef KERNEL_H
#define KERNEL_H

#include <linux/bpf.h>
#include <linux/ptrace.h>
#include <linux/types.h>
#include <stdbool.h>

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#define AF_INET 2
#define AF_INET6 10
#define IPPROTO_TCP 6
#define SHUTDOWN_MASK 3
#define RCV_SHUTDOWN 1
#define SEND_SHUTDOWN 2
#define O_NONBLOCK 04000
#define S_IFMT 00170000
#define S_IFSOCK 0140000

/* include/net/tcp_states.h */
enum tcp_state {
	STATE_ESTABLISHED = 1,
	STATE_SYN_SENT = 2,
	STATE_FIN_WAIT1 = 4,
	STATE_FIN_WAIT2 = 5,
	STATE_CLOSE = 7,
	STATE_CLOSE_WAIT = 8,
	STATE_LAST_ACK = 9,
	STATE_LISTEN = 10,
	STATE_CLOSING = 11,
};

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct in6_addr {
	union {
		__u8 u6_addr8[16];
	} in6_u;
};

struct ns_common {
	unsigned int inum;
};

struct net {
	struct ns_common ns;
};

struct sock_common {
	__be32 skc_daddr;
	__be32 skc_rcv_saddr;
	__be16 skc_dport;
	__u16 skc_num;
	unsigned short skc_family;
	volatile unsigned char skc_state;
	struct in6_addr skc_v6_daddr;
	struct in6_addr skc_v6_rcv_saddr;
	struct {
		struct net *net;
	} skc_net;
};

struct sock {
	struct sock_common __sk_common;
	int sk_wmem_queued;
	int sk_sndbuf;
	int sk_err;
	unsigned char sk_shutdown;
	__u16 sk_protocol;
	struct socket *sk_socket;
};

struct inet_sock {
	struct sock sk;
};

/* `lrcvtime`: jiffies of the last segment with data; its place in icsk_ack differs, its name does not. */
struct inet_connection_sock {
	struct inet_sock icsk_inet;
	struct {
		__u32 lrcvtime;
	} icsk_ack;
};

struct tcp_sock {
	struct inet_connection_sock inet_conn;
	__u32 copied_seq;
	__u32 rcv_nxt;
	__u32 rcv_wnd;
	__u32 snd_nxt;
	__u32 write_seq;
	__u32 snd_una;
	__u64 bytes_received;
	__u64 bytes_acked;
	__u64 tcp_clock_cache;
};

struct tcp_skb_cb {
	__u32 seq;
};

struct sk_buff {
	struct sock *sk;
	char cb[48];
	unsigned int len;
};

struct iovec {
	void *iov_base;
	unsigned long iov_len;
};

enum iter_type {
	ITER_UBUF,
	ITER_IOVEC,
};

struct iov_iter {
	__u8 iter_type;
	unsigned long iov_offset;
	unsigned long count;
	const struct iovec *__iov;
	void *ubuf;
	unsigned long nr_segs;
};

/* Before 6.4 the member was called iov. */
struct iov_iter___iov {
	const struct iovec *iov;
};

/* Before 5.14 the kind sat in bits of `type`: 4 = user memory by iovec, lowest bit = direction. */
struct iov_iter___type {
	unsigned int type;
};

struct msghdr {
	struct iov_iter msg_iter;
};

struct inode {
	unsigned short i_mode;
};

struct file {
	struct inode *f_inode;
	unsigned int f_flags;
	void *private_data;
};

struct fdtable {
	unsigned int max_fds;
	struct file **fd;
};

struct files_struct {
	struct fdtable *fdt;
};

struct socket {
	struct file *file;
	struct sock *sk;
};

struct list_head {
	struct list_head *next;
};

struct task_struct {
	int pid;
	int tgid;
	struct task_struct *real_parent;
	struct task_struct *group_leader;
	struct list_head children;
	struct list_head sibling;
	__u64 start_time;
	__u64 start_boottime;
	struct files_struct *files;
	struct signal_struct *signal;
	struct pid *thread_pid;
	char comm[16];
	int exit_code;
	void *stack;
};

/* As the kernel has them: asked for their size only. */
struct pt_regs___all {
	unsigned long first;
};

#define TS_COMPAT 2 /* arch/x86/include/asm/thread_info.h: in a system call of 32 bits */

struct thread_info___compat {
	unsigned int status;
};

struct task_struct___compat {
	struct thread_info___compat thread_info;
};

struct signal_struct {
	struct {
		int counter;
	} live;
};

struct pid_namespace {
	struct ns_common ns;
};

struct upid {
	int nr;
	struct pid_namespace *ns;
};

/* One number a namespace, from the first one down to the task's own. */
struct pid {
	unsigned int level;
	struct upid numbers[1];
};

struct bpf_iter_meta {
	struct seq_file *seq;
};

struct bpf_iter__task {
	struct bpf_iter_meta *meta;
	struct task_struct *task;
};

struct trace_event_raw_sys_enter {
	long id;
	unsigned long args[6];
};

struct trace_event_raw_sys_exit {
	long id;
	long ret;
};

#pragma clang attribute pop

#endif
