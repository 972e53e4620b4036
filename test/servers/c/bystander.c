/*
 * bystander CALL COUNT: what a process pays that nobody instruments. Times COUNT calls and prints ns a call.
 *   getppid  the cheapest system call
 *   write    one byte to /dev/null
 *   tcp      one byte over a loopback connection and back, within this process
 */
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static int fds[2];

static void check(int ok, const char *what)
{
	if (!ok) {
		perror(what);
		exit(1);
	}
}

static void call_getppid(void)
{
	syscall(SYS_getppid);
}

static void call_write(void)
{
	check(write(fds[0], "x", 1) == 1, "write");
}

static void call_tcp(void)
{
	char byte;

	check(send(fds[0], "x", 1, 0) == 1, "send");
	check(recv(fds[1], &byte, 1, 0) == 1, "recv");
}

static void open_null(void)
{
	fds[0] = open("/dev/null", O_WRONLY);
	check(fds[0] >= 0, "/dev/null");
}

static void open_tcp(void)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t size = sizeof(to);
	int listener = socket(AF_INET, SOCK_STREAM, 0), one = 1;

	check(bind(listener, (struct sockaddr *)&to, size) == 0, "bind");
	check(listen(listener, 1) == 0, "listen");
	check(getsockname(listener, (struct sockaddr *)&to, &size) == 0, "getsockname");
	fds[0] = socket(AF_INET, SOCK_STREAM, 0);
	check(connect(fds[0], (struct sockaddr *)&to, size) == 0, "connect");
	fds[1] = accept(listener, NULL, NULL);
	check(fds[1] >= 0, "accept");
	setsockopt(fds[0], IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
}

static double ns_a_call(void (*call)(void), long count)
{
	struct timespec begin, end;
	long i;

	clock_gettime(CLOCK_MONOTONIC, &begin);
	for (i = 0; i < count; i++)
		call();
	clock_gettime(CLOCK_MONOTONIC, &end);
	return ((end.tv_sec - begin.tv_sec) * 1e9 + (end.tv_nsec - begin.tv_nsec)) / count;
}

int main(int argc, char **argv)
{
	void (*call)(void) = call_getppid;

	if (argc != 3) {
		fprintf(stderr, "usage: bystander getppid|write|tcp COUNT\n");
		return 2;
	}
	if (strcmp(argv[1], "write") == 0) {
		call = call_write;
		open_null();
	} else if (strcmp(argv[1], "tcp") == 0) {
		call = call_tcp;
		open_tcp();
	}
	ns_a_call(call, 1000); /* warm */
	printf("%.2f\n", ns_a_call(call, atol(argv[2])));
	return 0;
}
