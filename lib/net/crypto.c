/* SPDX-License-Identifier: MIT */
#include "net/crypto.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
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

/* Nobody is asked for the password of a key that is locked. */
static int no_password(char *out, int cap, int writing, void *payload)
{
	(void)out, (void)cap, (void)writing, (void)payload;
	return -1;
}

bool orch__key_fits(const char *cert, const char *key)
{
	BIO *cert_text = BIO_new_mem_buf(cert, -1), *key_text = BIO_new_mem_buf(key, -1);
	X509 *x = cert_text ? PEM_read_bio_X509(cert_text, NULL, no_password, NULL) : NULL;
	EVP_PKEY *pkey =
		key_text ? PEM_read_bio_PrivateKey(key_text, NULL, no_password, NULL) : NULL;
	bool fits = x && pkey && X509_check_private_key(x, pkey) == 1;

	EVP_PKEY_free(pkey);
	X509_free(x);
	BIO_free(key_text);
	BIO_free(cert_text);
	ERR_clear_error(); /* of this thread, which libcurl would read */
	return fits;
}

void orch__tls_harden(void *ssl_ctx)
{
	SSL_CTX_set_keylog_callback(ssl_ctx, NULL);
}
