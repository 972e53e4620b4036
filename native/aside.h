#pragma once

#include <bpf/libbpf.h>

// Destroys links on a thread of its own, one after the other. Taking out a single uprobe waits until no CPU can be in it, up to 30 ms
// each, one at a time in the whole kernel: a loop that has connections to serve cannot wait for hundreds of them.
// Returns 0: what comes of it nobody waits for.
int DestroyAside(bpf_link* link);
