// SPDX-License-Identifier: GPL-2.0
/* The programs of go_multi.bpf.c for Linux before 5.15. */
#define IS_ENTERED
#include "go_multi.bpf.c"
