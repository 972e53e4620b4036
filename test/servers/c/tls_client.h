/*
 * What the TLS clients of different libraries share: the plan of exchanges, and one connection on which they take turns.
 *   PROGRAM PORT COUNT   asks the server on PORT when a line comes, and waits for another line
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Of the library. */
static void *open_session(int fd);
static int read_some(void *session, char *to, int size);
static void write_all(void *session, const char *from, int size);

enum { MAX_MESSAGE = 16384 };

static const int statuses[] = { 200, 201, 404, 500 };

static int connect_to(int port)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(port) };
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (connect(fd, (struct sockaddr *)&to, sizeof(to)))
		exit(1);
	return fd;
}

static void ask(void *session, int i)
{
	static char message[MAX_MESSAGE + 1];
	int body = i % 2 ? i * 7 % 1000 + 1 : 0, size = i * 37 % 5000, have = 0, want = MAX_MESSAGE;
	char *end;

	have = sprintf(message, "%s /s/%d/%d HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n",
		       body ? "POST" : "GET", statuses[i % 4], size, body);
	memset(message + have, 'x', body);
	write_all(session, message, have + body);
	for (have = 0; have < want;) {
		int n = read_some(session, message + have, MAX_MESSAGE - have);

		if (n <= 0)
			exit(1);
		have += n;
		message[have] = 0;
		end = strstr(message, "\r\n\r\n");
		if (end)
			want = end + 4 - message + size;
	}
}

int main(int argc, char **argv)
{
	void *session;
	int i;

	if (argc != 3)
		return 2;
	puts("waiting");
	fflush(stdout);
	getchar();
	session = open_session(connect_to(atoi(argv[1])));
	for (i = 0; i < atoi(argv[2]); i++)
		ask(session, i);
	puts("done");
	fflush(stdout);
	getchar();
	return 0;
}
