/* SPDX-License-Identifier: MIT */
/*
 * What libcurl calls an error, said as a status of ours. The number alone is not
 * enough: 56 is a reset, a malformed chunk, endless headers, or the server's
 * refusal of our certificate.
 */
#include <stdio.h>
#include <string.h>

#include "net/curl_engine.h"
#include "util/clock.h"

struct fault_row {
	CURLcode rc;
	const char *pattern; /* in libcurl's text; NULL: any */
	orch_status status;
	const char *text; /* NULL: libcurl's */
};

/* clang-format off: a table; the first row that fits counts */
static const struct fault_row rows[] = {
	{ CURLE_RECV_ERROR, "alert", ORCH_E_TLS, NULL },
	{ CURLE_SEND_ERROR, "alert", ORCH_E_TLS, NULL },
	{ CURLE_RECV_ERROR, "chunk", ORCH_E_PROTOCOL, "malformed chunk" },
	{ CURLE_RECV_ERROR, "headers", ORCH_E_PROTOCOL, "headers without end" },
	{ CURLE_RECV_ERROR, NULL, ORCH_E_NETWORK, NULL },
	{ CURLE_SEND_ERROR, NULL, ORCH_E_NETWORK, NULL },
	{ CURLE_GOT_NOTHING, NULL, ORCH_E_NETWORK, "the connection closed without an answer" },
	{ CURLE_PARTIAL_FILE, NULL, ORCH_E_NETWORK, NULL },
	{ CURLE_COULDNT_CONNECT, NULL, ORCH_E_NETWORK, NULL },
	{ CURLE_COULDNT_RESOLVE_HOST, NULL, ORCH_E_NETWORK, NULL },
	{ CURLE_COULDNT_RESOLVE_PROXY, NULL, ORCH_E_NETWORK, NULL },
	{ CURLE_OPERATION_TIMEDOUT, NULL, ORCH_E_TIMEOUT, NULL },
	{ CURLE_SSL_CONNECT_ERROR, "wrong version number", ORCH_E_TLS,
		"the peer does not speak TLS" },
	{ CURLE_SSL_CONNECT_ERROR, "SSL_ERROR_SYSCALL", ORCH_E_NETWORK,
		"the connection closed during the TLS handshake" },
	{ CURLE_SSL_CONNECT_ERROR, "onnection reset", ORCH_E_NETWORK,
		"the connection closed during the TLS handshake" },
	{ CURLE_SSL_CONNECT_ERROR, "unexpected eof", ORCH_E_NETWORK,
		"the connection closed during the TLS handshake" },
	{ CURLE_SSL_CONNECT_ERROR, NULL, ORCH_E_TLS, NULL },
	{ CURLE_PEER_FAILED_VERIFICATION, NULL, ORCH_E_TLS, NULL },
	{ CURLE_SSL_CERTPROBLEM, NULL, ORCH_E_TLS, NULL },
	{ CURLE_SSL_CACERT_BADFILE, NULL, ORCH_E_TLS, NULL },
	{ CURLE_SSL_CIPHER, NULL, ORCH_E_TLS, NULL },
	{ CURLE_SSL_ISSUER_ERROR, NULL, ORCH_E_TLS, NULL },
	{ CURLE_SSL_ENGINE_INITFAILED, NULL, ORCH_E_TLS, NULL },
	{ CURLE_SSL_CLIENTCERT, NULL, ORCH_E_TLS, NULL },
	{ CURLE_UNSUPPORTED_PROTOCOL, NULL, ORCH_E_PROTOCOL, "no HTTP/1 answer" },
	{ CURLE_WEIRD_SERVER_REPLY, NULL, ORCH_E_PROTOCOL, NULL },
	{ CURLE_BAD_CONTENT_ENCODING, NULL, ORCH_E_PROTOCOL, "malformed compression" },
	{ CURLE_WRITE_ERROR, NULL, ORCH_E_PROTOCOL, "malformed compression" },
	{ CURLE_PROXY, NULL, ORCH_E_NETWORK, NULL },
};
/* clang-format on */

static const struct fault_row other = { CURLE_OK, NULL, ORCH_E_PROTOCOL, NULL };

static const struct fault_row *find_row(CURLcode rc, const char *text)
{
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (rows[i].rc == rc && (!rows[i].pattern || strstr(text, rows[i].pattern)))
			return &rows[i];
	return &other;
}

/* libcurl names host and port even of a unix socket; the system's reason is what helps. */
static void connect_fault(struct orch__curl_slot *slot, const char *text)
{
	long number = 0;
	char why[128] = "";

	if (slot->complaint[0]) {
		orch__transfer_end(&slot->t, ORCH_E_NETWORK, "%s", slot->complaint);
		return;
	}
	curl_easy_getinfo(slot->easy, CURLINFO_OS_ERRNO, &number);
	if (number && strerror_r((int)number, why, sizeof why) == 0)
		text = why;
	orch__transfer_end(&slot->t, ORCH_E_NETWORK, "cannot connect: %s", text);
}

/* An expired certificate is often a wrong clock. */
static void certificate_fault(struct orch__curl_slot *slot, const char *text)
{
	enum { NOT_YET_VALID = 9, EXPIRED = 10 }; /* X509_V_ERR_... */
	long verdict = 0;
	char now[32] = "";

	curl_easy_getinfo(slot->easy, CURLINFO_SSL_VERIFYRESULT, &verdict);
	if (verdict == NOT_YET_VALID || verdict == EXPIRED)
		orch__time_format(orch__clock_wall_ms(), now, sizeof now);
	orch__transfer_end(&slot->t, ORCH_E_TLS, "%s%s%s", text,
		*now ? "; the clock of this machine says " : "", now);
}

/* Real lack of memory, or a header line that libcurl finds too long: it says the same. */
static void memory_fault(struct orch__curl_slot *slot)
{
	if (slot->t.sends > 0 && !slot->t.head.is_complete)
		orch__transfer_end(&slot->t, ORCH_E_PROTOCOL, "a header line is too long");
	else
		orch__transfer_end(&slot->t, ORCH_E_NOMEM, "out of memory");
}

static void cut_fault(struct orch__curl_slot *slot)
{
	orch__transfer_end(&slot->t, ORCH_E_NETWORK, "the answer was cut short at byte %lld",
		(long long)slot->t.bytes_in);
}

static void special_fault(struct orch__curl_slot *slot, CURLcode rc, const char *text)
{
	const struct fault_row *row = find_row(rc, text);

	slot->t.is_refused = row->status == ORCH_E_TLS;
	if (row->text)
		text = row->text;
	if (rc == CURLE_COULDNT_CONNECT)
		connect_fault(slot, text);
	else if (rc == CURLE_PARTIAL_FILE)
		cut_fault(slot);
	else if (row->status == ORCH_E_TLS)
		certificate_fault(slot, text);
	else if (slot->complaint[0])
		orch__transfer_end(&slot->t, row->status, "%s (ssh: %s)", text, slot->complaint);
	else
		orch__transfer_end(&slot->t, row->status, "%s", text);
}

/*
 * Under TLS 1.3 a client is through with the handshake before the server has seen
 * its certificate. The refusal is an alert and often a reset right behind it; when
 * that is faster than our request, nobody reads the alert any more.
 */
static bool is_closed_after_handshake(struct orch__curl_slot *slot, CURLcode rc, long sent)
{
	long connects = 0;

	if (rc != CURLE_SEND_ERROR || sent || !slot->engine->endpoint.is_tls)
		return false;
	curl_easy_getinfo(slot->easy, CURLINFO_NUM_CONNECTS, &connects);
	return connects > 0;
}

void orch__curl_fault(struct orch__curl_slot *slot, CURLcode rc)
{
	const char *text = slot->text[0] ? slot->text : curl_easy_strerror(rc);
	long sent = 0;

	curl_easy_getinfo(slot->easy, CURLINFO_REQUEST_SIZE, &sent);
	if (sent == 0)
		slot->t.sends = 0;
	if (slot->engine->command)
		orch__curl_hear_command(slot);
	if (rc == CURLE_OUT_OF_MEMORY)
		memory_fault(slot);
	else if (is_closed_after_handshake(slot, rc, sent))
		orch__transfer_end(&slot->t, ORCH_E_TLS,
			"closed right after the handshake, as servers do that want another client "
			"certificate");
#if LIBCURL_VERSION_NUM >= 0x080600
	else if (rc == CURLE_TOO_LARGE)
		orch__transfer_end(&slot->t, ORCH_E_PROTOCOL, "headers without end");
#endif
	else
		special_fault(slot, rc, text);
}
