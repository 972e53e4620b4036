// SPDX-License-Identifier: GPL-2.0
/* Sends through sockets in a map of sockets, by fentry. */
#define AT_ENTRY "fentry/"
#define ENTRY_PROGRAM BPF_PROG
#include "lib/mapped_send.h"
