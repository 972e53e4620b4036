// SPDX-License-Identifier: GPL-2.0
/* Capture at TCP's send and receive functions by kprobes: kernels without BPF trampolines for them. */
#define AT_ENTRY "kprobe/"
#define AT_EXIT "kretprobe/"
#define ENTRY_PROGRAM BPF_KPROBE
#define EXIT_PROGRAM BPF_KRETPROBE
#include "lib/tcp_calls.h"
