/*
 * Runs the state table of bpf/lib/http_states.h over standard input and prints every entry that means something.
 *   http_states message|chunk [leap]
 */
#include <linux/types.h>
#include <stdio.h>
#include <string.h>

#include "../../bpf/lib/http_leap.h"

static unsigned char bytes[65536];

int main(int argc, char **argv)
{
	unsigned char state = argc > 1 && argv[1][0] == 'c' ? HS_CHUNK : HS_START;
	size_t at = 0, end = fread(bytes, 1, sizeof(bytes), stdin);
	int leaps = argc > 2;

	while (at < end) {
		unsigned char byte, next;
		__u64 word;

		if (leaps && at + LEAP_BYTES <= end) {
			memcpy(&word, bytes + at, sizeof(word));
			at += leap(&state, word);
			if (at == end)
				break;
		}
		byte = bytes[at++];
		next = http_states[state][byte];
		state = next & ~ACT;
		if (!(next & ACT))
			continue;
		switch (state) {
		case HS_LINE_END:
			printf("line %zu\n", at);
			break;
		case HS_STATUS_1:
		case HS_STATUS_2:
		case HS_STATUS_3:
			printf("status %c\n", byte);
			break;
		case HS_LENGTH_VALUE:
			printf("forget\n");
			break;
		case HS_LENGTH_DIGIT:
			printf("length %c\n", byte);
			break;
		case HS_CHUNKED:
			printf("chunked\n");
			break;
		case HS_EXPECT:
			printf("expect\n");
			break;
		case HS_CHUNK_DIGIT:
			printf("size %c\n", byte);
			break;
		case HS_STOP_HEAD:
			printf("head %zu\n", at);
			return 0;
		case HS_STOP_CHUNK_SIZE:
			printf("chunk %zu\n", at);
			return 0;
		case HS_STOP_TRAILER:
			printf("trailer %zu\n", at);
			return 0;
		case HS_PARENT_BLANK:
		case HS_TSTATE_BLANK:
			printf("value %zu\n", at);
			break;
		case HS_STOP_PARENT:
			printf("parent %zu\n", at);
			state = HS_HEADER;
			break;
		case HS_STOP_TSTATE:
			printf("state %zu\n", at);
			state = HS_HEADER;
			break;
		case HS_STOP_HTTP2:
			printf("http2 %zu\n", at);
			return 0;
		default:
			printf("invalid %zu\n", at);
			return 0;
		}
	}
	printf("more\n");
	return 0;
}
