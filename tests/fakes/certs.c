/* SPDX-License-Identifier: MIT */
#include "fakes/certs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

static void must(int ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "making a test certificate: %s failed\n", what);
	abort();
}

static char *to_text(BIO *bio)
{
	char *data, *text;
	long n = BIO_get_mem_data(bio, &data);

	text = malloc((size_t)n + 1);
	must(text != NULL, "malloc");
	memcpy(text, data, (size_t)n);
	text[n] = '\0';
	BIO_free(bio);
	return text;
}

static void set_serial(X509 *x)
{
	unsigned char number[8];

	must(RAND_bytes(number, sizeof number), "random");
	number[0] = (number[0] & 0x7F) | 0x40; /* positive, and no leading zero to pad */
	ASN1_STRING_set(X509_get_serialNumber(x), number, sizeof number);
}

static void add_extension(X509 *x, X509 *issuer, int nid, const char *value)
{
	X509V3_CTX ctx;
	X509_EXTENSION *extension;

	X509V3_set_ctx_nodb(&ctx);
	X509V3_set_ctx(&ctx, issuer, x, NULL, NULL, 0);
	extension = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
	must(extension != NULL, value);
	must(X509_add_ext(x, extension, -1), "extension");
	X509_EXTENSION_free(extension);
}

static X509 *read_cert(const char *pem)
{
	BIO *bio = BIO_new_mem_buf(pem, -1);
	X509 *x = PEM_read_bio_X509(bio, NULL, NULL, NULL);

	must(x != NULL, "reading the issuer");
	BIO_free(bio);
	return x;
}

static EVP_PKEY *read_key(const char *pem)
{
	BIO *bio = BIO_new_mem_buf(pem, -1);
	EVP_PKEY *key = PEM_read_bio_PrivateKey(bio, NULL, NULL, NULL);

	must(key != NULL, "reading the issuer's key");
	BIO_free(bio);
	return key;
}

static X509 *make(const struct test_cert_wish *wish, EVP_PKEY *key)
{
	const struct test_cert *by = wish->issuer;
	X509 *x = X509_new(), *issuer = by ? read_cert(by->cert) : NULL;
	EVP_PKEY *sign = by ? read_key(by->key) : key;
	bool is_dated = wish->from_s || wish->to_s;

	must(x && X509_set_version(x, 2) && X509_set_pubkey(x, key), "certificate");
	set_serial(x);
	X509_gmtime_adj(X509_getm_notBefore(x), is_dated ? wish->from_s : -86400);
	X509_gmtime_adj(X509_getm_notAfter(x), is_dated ? wish->to_s : 86400);
	X509_NAME_add_entry_by_txt(X509_get_subject_name(x), "CN", MBSTRING_ASC,
		(const unsigned char *)wish->name, -1, -1, 0);
	X509_set_issuer_name(x, X509_get_subject_name(issuer ? issuer : x));
	add_extension(x, issuer ? issuer : x, NID_basic_constraints,
		wish->is_ca ? "critical,CA:TRUE" : "CA:FALSE");
	if (wish->san)
		add_extension(x, issuer ? issuer : x, NID_subject_alt_name, wish->san);
	must(X509_sign(x, sign, EVP_sha256()) > 0, "signature");
	if (by)
		EVP_PKEY_free(sign);
	X509_free(issuer);
	return x;
}

struct test_cert test_cert_make(const struct test_cert_wish *wish)
{
	EVP_PKEY *key = wish->rsa_bits ? EVP_RSA_gen(wish->rsa_bits) : EVP_EC_gen("P-256");
	struct test_cert out;
	X509 *x;
	BIO *bio;

	must(key != NULL, "key");
	x = make(wish, key);
	bio = BIO_new(BIO_s_mem());
	must(PEM_write_bio_X509(bio, x), "PEM");
	out.cert = to_text(bio);
	bio = BIO_new(BIO_s_mem());
	must(PEM_write_bio_PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL), "PEM");
	out.key = to_text(bio);
	X509_free(x);
	EVP_PKEY_free(key);
	return out;
}

void test_cert_free(struct test_cert *cert)
{
	free(cert->cert);
	free(cert->key);
	cert->cert = cert->key = NULL;
}
