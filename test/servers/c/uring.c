/*
 * uring server PORT | uring client PORT COUNT: HTTP/1.1 over a connection whose bytes only io_uring moves.
 *
 * Connections are made with the usual calls, rings when the first byte is about to move. The server takes one connection
 * at a time and sends a fixed response for every request it reads. The client waits for a line on standard input, keeps
 * one connection for all its requests and prints how many were answered; it holds PORT + 1 open, so that it can be
 * selected by port.
 *
 * Raw system calls, so that nothing has to be installed: https://man7.org/linux/man-pages/man7/io_uring.7.html
 */
#include <arpa/inet.h>
#include <linux/io_uring.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

static const char request[] = "GET /uring HTTP/1.1\r\nHost: localhost\r\n\r\n";
static const char response[] = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";

struct ring {
	int fd;
	unsigned *sq_tail, *sq_mask, *sq_array, *cq_head, *cq_tail, *cq_mask;
	struct io_uring_sqe *sqes;
	struct io_uring_cqe *cqes;
};

static void check(int ok, const char *what)
{
	if (!ok) {
		perror(what);
		exit(1);
	}
}

static void *map(int fd, size_t size, off_t offset)
{
	void *at = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, fd, offset);

	check(at != MAP_FAILED, "mmap");
	return at;
}

static struct ring ring_open(void)
{
	struct io_uring_params p = { 0 };
	struct ring r;
	char *sq, *cq;

	r.fd = syscall(SYS_io_uring_setup, 4, &p);
	check(r.fd >= 0, "io_uring_setup");
	sq = map(r.fd, p.sq_off.array + p.sq_entries * sizeof(unsigned), IORING_OFF_SQ_RING);
	cq = map(r.fd, p.cq_off.cqes + p.cq_entries * sizeof(struct io_uring_cqe), IORING_OFF_CQ_RING);
	r.sqes = map(r.fd, p.sq_entries * sizeof(struct io_uring_sqe), IORING_OFF_SQES);
	r.sq_tail = (unsigned *)(sq + p.sq_off.tail);
	r.sq_mask = (unsigned *)(sq + p.sq_off.ring_mask);
	r.sq_array = (unsigned *)(sq + p.sq_off.array);
	r.cq_head = (unsigned *)(cq + p.cq_off.head);
	r.cq_tail = (unsigned *)(cq + p.cq_off.tail);
	r.cq_mask = (unsigned *)(cq + p.cq_off.ring_mask);
	r.cqes = (struct io_uring_cqe *)(cq + p.cq_off.cqes);
	return r;
}

/* Submits one operation and waits for its result. */
static int ring_do(struct ring *r, int opcode, int fd, const void *buffer, unsigned length)
{
	unsigned tail = *r->sq_tail, index = tail & *r->sq_mask, head;
	struct io_uring_sqe *sqe = &r->sqes[index];
	int result;

	memset(sqe, 0, sizeof(*sqe));
	sqe->opcode = opcode;
	sqe->fd = fd;
	sqe->addr = (unsigned long)buffer;
	sqe->len = length;
	r->sq_array[index] = index;
	__atomic_store_n(r->sq_tail, tail + 1, __ATOMIC_RELEASE);
	check(syscall(SYS_io_uring_enter, r->fd, 1, 1, IORING_ENTER_GETEVENTS, NULL, 0) >= 0, "io_uring_enter");
	head = *r->cq_head;
	while (head == __atomic_load_n(r->cq_tail, __ATOMIC_ACQUIRE))
		check(syscall(SYS_io_uring_enter, r->fd, 0, 1, IORING_ENTER_GETEVENTS, NULL, 0) >= 0, "io_uring_enter");
	result = r->cqes[head & *r->cq_mask].res;
	__atomic_store_n(r->cq_head, head + 1, __ATOMIC_RELEASE);
	return result;
}

static int listen_on(int port)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM, 0), one = 1;

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	check(bind(fd, (struct sockaddr *)&at, sizeof(at)) == 0, "bind");
	check(listen(fd, 8) == 0, "listen");
	return fd;
}

static void serve(int port)
{
	struct ring r = { .fd = -1 };
	int listener = listen_on(port);
	char buffer[4096];

	printf("listening\n");
	for (;;) {
		int fd = accept(listener, NULL, NULL);

		if (r.fd < 0)
			r = ring_open();
		while (ring_do(&r, IORING_OP_RECV, fd, buffer, sizeof(buffer)) > 0)
			check(ring_do(&r, IORING_OP_SEND, fd, response, sizeof(response) - 1) > 0, "send");
		close(fd);
	}
}

static void ask(int port, int count)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	char buffer[4096];
	int fd, answered;
	struct ring r;

	listen_on(port + 1);
	printf("listening\n");
	check(fgets(buffer, sizeof(buffer), stdin) != NULL, "stdin");
	r = ring_open();
	fd = socket(AF_INET, SOCK_STREAM, 0);
	check(connect(fd, (struct sockaddr *)&to, sizeof(to)) == 0, "connect");
	for (answered = 0; answered < count; answered++) {
		check(ring_do(&r, IORING_OP_SEND, fd, request, sizeof(request) - 1) > 0, "send");
		if (ring_do(&r, IORING_OP_RECV, fd, buffer, sizeof(buffer)) != (int)sizeof(response) - 1)
			break;
	}
	close(fd);
	printf("answered %d\n", answered);
}

int main(int argc, char **argv)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (argc == 3 && strcmp(argv[1], "server") == 0)
		serve(atoi(argv[2]));
	else if (argc == 4 && strcmp(argv[1], "client") == 0)
		ask(atoi(argv[2]), atoi(argv[3]));
	else
		return 2;
	return 0;
}
