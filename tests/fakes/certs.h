/* SPDX-License-Identifier: MIT */
#ifndef TESTS_FAKES_CERTS_H
#define TESTS_FAKES_CERTS_H

#include <stdbool.h>

/* Certificates made on the spot, good ones and bad ones. Failing to make one ends the test. */
struct test_cert {
	char *cert, *key; /* PEM; free them with test_cert_free() */
};

struct test_cert_wish {
	const char *name;               /* common name */
	const char *san;                /* "DNS:localhost,IP:127.0.0.1"; NULL: none */
	const struct test_cert *issuer; /* NULL: signed by itself */
	long from_s, to_s;              /* seconds from now; both 0: since yesterday, for a day */
	bool is_ca;
	unsigned rsa_bits; /* 0: P-256 */
};

struct test_cert test_cert_make(const struct test_cert_wish *wish);
void test_cert_free(struct test_cert *cert);

#endif
