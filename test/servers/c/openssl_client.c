/* A client with OpenSSL's SSL_read and SSL_write: see tls_client.h. */
#include <openssl/ssl.h>

#include "tls_client.h"

static void *open_session(int fd)
{
	SSL *ssl = SSL_new(SSL_CTX_new(TLS_client_method()));

	SSL_set_fd(ssl, fd);
	if (SSL_connect(ssl) != 1)
		exit(1);
	return ssl;
}

static int read_some(void *session, char *to, int size)
{
	char first;

	/* What is peeked at is not read yet. */
	return SSL_peek(session, &first, 1) == 1 ? SSL_read(session, to, size) : -1;
}

static void write_all(void *session, const char *from, int size)
{
	int half = size / 2;

	if (SSL_write(session, from, half) != half || SSL_write(session, from + half, size - half) != size - half)
		exit(1);
}
