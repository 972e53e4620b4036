// SPDX-License-Identifier: GPL-2.0
/* The programs of tls_multi.bpf.c for Linux before 5.15. */
#define IS_ENTERED
#include "tls_multi.bpf.c"
