/* SPDX-License-Identifier: MIT */
#include "net/trust.h"

#include <stddef.h>
#include <unistd.h>

static const char *const known[] = {
	"/etc/ssl/certs/ca-certificates.crt",                /* Debian, Arch, Gentoo */
	"/etc/pki/tls/certs/ca-bundle.crt",                  /* Fedora, RHEL */
	"/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem", /* later ones of them */
	"/var/lib/ca-certificates/ca-bundle.pem",            /* SUSE */
	"/etc/ssl/ca-bundle.pem",                            /* older ones */
	"/etc/ssl/cert.pem",                                 /* Alpine, BSD */
	NULL,
};

const char *orch__trust_file(const char *built_in, const char *const *places)
{
	if (!built_in || access(built_in, R_OK) == 0)
		return NULL;
	for (places = places ? places : known; *places; places++)
		if (access(*places, R_OK) == 0)
			return *places;
	return NULL;
}
