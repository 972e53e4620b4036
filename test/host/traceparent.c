/* Reads values of traceparent, one a line of standard input, by bpf/lib/traceparent.h, and prints what they say. */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <linux/types.h>

#include "../../bpf/abi.h"
#include "../../bpf/lib/traceparent.h"

static void print_bytes(const void *bytes, int count)
{
	for (int i = 0; i < count; i++)
		printf("%02x", ((const unsigned char *)bytes)[i]);
}

int main(void)
{
	char line[256];

	while (fgets(line, sizeof(line), stdin)) {
		unsigned char kept[TRACE_LIMIT_PARENT_BYTES] = { 0 };
		struct trace_context trace = { 0 };
		/* The state table begins a value behind its blanks. */
		const char *value = line + strspn(line, " \t");
		unsigned int bytes = strlen(value);

		if (bytes > sizeof(kept))
			bytes = sizeof(kept);
		memcpy(kept, value, bytes);
		if (!traceparent_read(kept, bytes, &trace)) {
			printf("invalid\n");
			continue;
		}
		print_bytes(trace.id, 16);
		printf(" ");
		print_bytes(&trace.parent, 8);
		printf(" %d\n", trace.flags);
	}
	return 0;
}
