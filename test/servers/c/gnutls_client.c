/* A client with GnuTLS: see tls_client.h. */
#include <gnutls/gnutls.h>

#include "tls_client.h"

static void *open_session(int fd)
{
	gnutls_certificate_credentials_t credentials;
	gnutls_session_t session;

	gnutls_certificate_allocate_credentials(&credentials);
	gnutls_init(&session, GNUTLS_CLIENT);
	gnutls_set_default_priority(session);
	gnutls_credentials_set(session, GNUTLS_CRD_CERTIFICATE, credentials);
	gnutls_transport_set_int(session, fd);
	if (gnutls_handshake(session))
		exit(1);
	return session;
}

static int read_some(void *session, char *to, int size)
{
	int n;

	do
		n = gnutls_record_recv(session, to, size);
	while (n == GNUTLS_E_AGAIN || n == GNUTLS_E_INTERRUPTED);
	return n;
}

static void write_all(void *session, const char *from, int size)
{
	if (gnutls_record_send(session, from, size) != size)
		exit(1);
}
