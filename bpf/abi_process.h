/* SPDX-License-Identifier: GPL-2.0 */
/* What the kernel tells about processes: part of abi.h, which includes it. */
#ifndef ABI_PROCESS_H
#define ABI_PROCESS_H

enum process_kind {
	PROCESS_KIND_EXEC = 1,	 /* runs another program now */
	PROCESS_KIND_FORK = 2,	 /* came into being as a copy of its parent */
	PROCESS_KIND_EXIT = 3,	 /* the last thread is gone */
	PROCESS_KIND_LISTEN = 4, /* listens on a port */
	PROCESS_KIND_CHILD = 5,	 /* was started, some time ago, by one that listens now */
};

enum process_limit {
	PROCESS_LIMIT_NAME_BYTES = 16,
};

/* The only record in the ring `process_events`. Pids are those of thread groups. */
struct process_event {
	__u16 kind;
	__u16 reserved;
	__u32 host_pid;	  /* in the first pid namespace: the key of `targets` */
	__u32 pid;	  /* in the agent's pid namespace; 0 = not visible there */
	__u32 parent_pid; /* likewise; 0 = none */
	__u64 start_ns;	  /* of the process, CLOCK_BOOTTIME: with the pid its identity */
	__u16 port;	  /* LISTEN only */
	__u16 family;
	__u32 reserved2;
	__u8 name[PROCESS_LIMIT_NAME_BYTES]; /* task->comm */
};
ABI_ASSERT(sizeof(struct process_event) == 48, "process_event");

enum target_flag {
	TARGET_FLAG_PROVISIONAL = 1, /* inserted by the kernel, not yet judged by user space */
	TARGET_FLAG_UNPROBED = 2,    /* probes in the files that it shares with others leave it alone */
};

enum target_limit {
	TARGET_LIMIT_FILTER_SLOTS = 65536, /* of the map `target_filter`: the slot of a host pid is its remainder */
};

/* Value of the map `targets`, keyed by host pid: a process is captured iff it is in there. */
struct target {
	__u32 flags;
	__u32 reserved;
};

enum watch_flag {
	WATCH_FLAG_EXEC = 1, /* adopt and report every process that calls execve */
};

/* The one value of the map `process_watch`: what user space wants to know and who it is. */
struct process_watch {
	__u32 flags;
	__u32 agent_pid;     /* in the agent's pid namespace; neither it nor its children are adopted */
	__u32 pid_namespace; /* inode of the agent's pid namespace */
	__u32 reserved;
};

/* One line of the iterator `list_processes`: how the pids of the two views belong together. */
struct process_pids {
	__u32 host_pid;
	__u32 pid;
};

#endif
