/* SPDX-License-Identifier: MIT */
#ifndef ORCH_KUBE_MATERIAL_H
#define ORCH_KUBE_MATERIAL_H

#include <sys/types.h>

#include "backend/kubernetes/config.h"

/* Files that hold credentials, and how to see that they have changed. */

/* What a file looks like from outside; zeroed: nothing is known of it. */
struct kube_stamp {
	bool is_there;
	dev_t device;
	ino_t inode;
	off_t size;
	struct timespec changed;
};

struct kube_stamp kube_stamp_of(const char *path); /* NULL: is not there */
bool kube_stamp_equal(const struct kube_stamp *a, const struct kube_stamp *b);

/* Authority, certificate and key as PEM text in memory, wherever they come from. */
struct kube_material {
	struct orch__arena texts; /* overwritten in the end */
	const char *ca, *cert, *key;
	struct kube_stamp ca_stamp, cert_stamp, key_stamp;
	bool is_loaded;
};

/* Has one of the files changed since it was read? */
bool kube_material_is_stale(const struct kube_material *m, const struct kube_config *config);
/* ORCH_E_AUTH: the key is not that of the certificate; else what reading a file says. */
orch_status kube_material_load(const struct kube_config *config, struct kube_material *out);
bool kube_material_equal(const struct kube_material *a, const struct kube_material *b);
void kube_material_dispose(struct kube_material *m);

/* A bearer token in a file, which others rewrite. */
struct kube_token {
	char *text; /* trimmed; NULL: not read yet */
	struct kube_stamp stamp;
	int64_t looked_ms; /* on orch__clock_ms() */
};

/*
 * Read it if that has not been done, or if it has changed and the last look is `look_ms`
 * ago; with `look_ms` 0 read it in any case. A failure leaves the token that is there.
 * True in `is_other` when it is another one than before.
 */
orch_status kube_token_refresh(
	struct kube_token *t, const char *path, int64_t look_ms, bool *is_other);
void kube_token_dispose(struct kube_token *t); /* wipes */

#endif
