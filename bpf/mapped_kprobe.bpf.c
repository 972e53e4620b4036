// SPDX-License-Identifier: GPL-2.0
/* Sends through sockets in a map of sockets, by a kprobe. */
#define AT_ENTRY "kprobe/"
#define ENTRY_PROGRAM BPF_KPROBE
#include "lib/mapped_send.h"
