/* SPDX-License-Identifier: MIT */
#include "net/crypto.h"

#include <openssl/evp.h>
#include <openssl/ssl.h>

bool orch__sha256_hex(const void *data, size_t len, char out[ORCH__SHA256_HEX])
{
	static const char digits[] = "0123456789abcdef";
	unsigned char sum[32];

	if (!EVP_Digest(data, len, sum, NULL, EVP_sha256(), NULL))
		return false;
	for (size_t i = 0; i < sizeof sum; i++) {
		out[2 * i] = digits[sum[i] >> 4];
		out[2 * i + 1] = digits[sum[i] & 15];
	}
	out[64] = '\0';
	return true;
}

void orch__tls_harden(void *ssl_ctx)
{
	SSL_CTX_set_keylog_callback(ssl_ctx, NULL);
}
