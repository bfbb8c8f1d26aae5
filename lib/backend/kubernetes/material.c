/* SPDX-License-Identifier: MIT */
#include "backend/kubernetes/material.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "net/crypto.h"
#include "util/clock.h"
#include "util/error.h"
#include "util/file.h"
#include "util/text.h"
#include "util/wipe.h"

enum { PEM_LIMIT = 4 << 20, TOKEN_LIMIT = 60 << 10, TRIES = 3 };

/* ---- stamps ---- */

struct kube_stamp kube_stamp_of(const char *path)
{
	struct kube_stamp stamp = { 0 };
	const int keep = errno;
	struct stat s;

	if (path && stat(path, &s) == 0)
		stamp = (struct kube_stamp){ true, s.st_dev, s.st_ino, s.st_size, s.st_mtim };
	errno = keep;
	return stamp;
}

bool kube_stamp_equal(const struct kube_stamp *a, const struct kube_stamp *b)
{
	return a->is_there == b->is_there && a->device == b->device && a->inode == b->inode &&
		a->size == b->size && a->changed.tv_sec == b->changed.tv_sec &&
		a->changed.tv_nsec == b->changed.tv_nsec;
}

/* A file that is gone is about to be replaced: what was read of it stays good. */
static bool is_newer(const char *path, const struct kube_stamp *known)
{
	const struct kube_stamp now = kube_stamp_of(path);

	return now.is_there && !kube_stamp_equal(&now, known);
}

/* ---- certificates and keys ---- */

static orch_status load(struct orch__arena *a, const struct kube_source *from, const char *what,
	struct kube_stamp *stamp, const char **out)
{
	char *text = NULL;
	size_t len = 0;
	orch_status st;

	if (!from->path) {
		*out = from->data;
		return ORCH_OK;
	}
	*stamp = kube_stamp_of(from->path);
	st = orch__file_read(from->path, PEM_LIMIT, &text, &len);
	if (st < 0)
		return orch__fail_in(st, "%s", what);
	*out = orch__arena_strndup(a, text, len);
	orch__free_wiped(text, len + 1);
	return *out ? ORCH_OK : orch__fail(ORCH_E_NOMEM, "%s: out of memory", what);
}

bool kube_material_is_stale(const struct kube_material *m, const struct kube_config *config)
{
	return is_newer(config->ca.path, &m->ca_stamp) ||
		is_newer(config->user.cert.path, &m->cert_stamp) ||
		is_newer(config->user.key.path, &m->key_stamp);
}

static orch_status load_all(const struct kube_config *config, struct kube_material *m)
{
	orch_status st =
		load(&m->texts, &config->ca, "certificate authority", &m->ca_stamp, &m->ca);

	if (st == ORCH_OK)
		st = load(&m->texts, &config->user.cert, "client certificate", &m->cert_stamp,
			&m->cert);
	if (st == ORCH_OK)
		st = load(&m->texts, &config->user.key, "client key", &m->key_stamp, &m->key);
	if (st == ORCH_OK && m->cert && m->key && !orch__key_fits(m->cert, m->key))
		st = orch__fail(ORCH_E_AUTH,
			"client key: it is no PEM text without a password, or not that of "
			"the client certificate");
	return st;
}

/* Whoever rewrites several files does it one after the other: what was read must still be
 * there afterwards, all of it. */
orch_status kube_material_load(const struct kube_config *config, struct kube_material *out)
{
	struct kube_material m;
	orch_status st;

	for (int i = 0; i < TRIES; i++) {
		m = (struct kube_material){ .texts.is_secret = true, .is_loaded = true };
		st = load_all(config, &m);
		if (st == ORCH_E_NOMEM || !kube_material_is_stale(&m, config))
			break;
		if (i + 1 < TRIES)
			kube_material_dispose(&m);
	}
	if (st < 0)
		kube_material_dispose(&m);
	else
		*out = m;
	return st;
}

bool kube_material_equal(const struct kube_material *a, const struct kube_material *b)
{
	return orch__text_equal(a->ca, b->ca) && orch__text_equal(a->cert, b->cert) &&
		orch__text_equal(a->key, b->key);
}

void kube_material_dispose(struct kube_material *m)
{
	orch__arena_dispose(&m->texts);
	memset(m, 0, sizeof *m);
}

/* ---- tokens ---- */

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* In place; what is behind it is overwritten. */
static void trim(char *text, size_t len)
{
	size_t from = 0, to = len;

	while (to > 0 && is_space(text[to - 1]))
		to--;
	while (from < to && is_space(text[from]))
		from++;
	memmove(text, text + from, to - from);
	orch__wipe(text + (to - from), len - (to - from));
}

static orch_status read_token(const char *path, char **out)
{
	char *text = NULL;
	size_t len = 0;
	orch_status st = orch__file_read(path, TOKEN_LIMIT, &text, &len);

	if (st < 0)
		return orch__fail_in(st, "token file");
	if (memchr(text, '\0', len)) {
		orch__free_wiped(text, len + 1);
		return orch__fail(ORCH_E_INVALID, "token file: %s: is no text", path);
	}
	trim(text, len);
	if (!*text) {
		orch__free_wiped(text, len + 1);
		return orch__fail(ORCH_E_AUTH, "token file: %s: is empty", path);
	}
	*out = text;
	return ORCH_OK;
}

static orch_status read_again(struct kube_token *t, const char *path, bool *is_other)
{
	const struct kube_stamp stamp = kube_stamp_of(path);
	char *text = NULL;
	orch_status st = read_token(path, &text);

	if (st < 0)
		return st;
	*is_other = !orch__text_equal(text, t->text);
	kube_token_dispose(t);
	t->text = text;
	t->stamp = stamp;
	return ORCH_OK;
}

orch_status kube_token_refresh(
	struct kube_token *t, const char *path, int64_t look_ms, bool *is_other)
{
	const int64_t now = orch__clock_ms();
	const bool is_due = !t->text || look_ms <= 0 || now - t->looked_ms >= look_ms;
	orch_status st;

	*is_other = false;
	if (!is_due)
		return ORCH_OK;
	if (t->text && look_ms > 0 && !is_newer(path, &t->stamp)) {
		t->looked_ms = now;
		return ORCH_OK;
	}
	st = read_again(t, path, is_other);
	t->looked_ms = now; /* of no matter while there is none */
	return st;
}

void kube_token_dispose(struct kube_token *t)
{
	orch__wipe_text(t->text);
	orch__free(t->text);
	memset(t, 0, sizeof *t);
}
