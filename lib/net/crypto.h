/* SPDX-License-Identifier: MIT */
#ifndef ORCH_NET_CRYPTO_H
#define ORCH_NET_CRYPTO_H

#include <stdbool.h>
#include <stddef.h>

/* What liborch needs of OpenSSL itself, beside what libcurl does with it. */

enum { ORCH__SHA256_HEX = 65 };

/* Lower-case hexadecimal digest, terminated. False: out of memory. */
bool orch__sha256_hex(const void *data, size_t len, char out[ORCH__SHA256_HEX]);

/* Is this the key of the (first) certificate? PEM texts. False also for what is neither. */
bool orch__key_fits(const char *cert, const char *key);

/* Last hand on libcurl's TLS context: SSLKEYLOGFILE in the environment shall not make this
 * process write its keys. */
void orch__tls_harden(void *ssl_ctx);

#endif
