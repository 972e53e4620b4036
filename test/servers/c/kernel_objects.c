/* kernel_objects: prints the id of every BPF program, map and link that the kernel has, as `prog 12`, and opens none of them.
 *
 * Ids come from BPF_*_GET_NEXT_ID: https://docs.kernel.org/userspace-api/ebpf/syscall.html
 */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/bpf.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

static int print_all(const char *kind, int command)
{
	union bpf_attr attr = {};

	while (syscall(SYS_bpf, command, &attr, sizeof(attr)) == 0) {
		printf("%s %u\n", kind, attr.next_id);
		attr.start_id = attr.next_id;
	}
	if (errno == ENOENT)
		return 0;
	perror(kind);
	return 1;
}

int main(void)
{
	return print_all("link", BPF_LINK_GET_NEXT_ID) || print_all("prog", BPF_PROG_GET_NEXT_ID) ||
	       print_all("map", BPF_MAP_GET_NEXT_ID);
}
