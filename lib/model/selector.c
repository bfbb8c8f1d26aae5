/* SPDX-License-Identifier: MIT */
#include "model/selector.h"

#include <string.h>

#include "orch/sys/backend.h"

static const char word_chars[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				 "0123456789-_./";

static void skip_blanks(const char **at)
{
	while (**at == ' ' || **at == '\t')
		(*at)++;
}

static struct orch__slice word(const char **at)
{
	struct orch__slice w;

	skip_blanks(at);
	w.text = *at;
	w.len = strspn(*at, word_chars);
	*at += w.len;
	skip_blanks(at);
	return w;
}

static bool accept(const char **at, const char *text)
{
	size_t n = strlen(text);

	if (strncmp(*at, text, n) != 0)
		return false;
	*at += n;
	return true;
}

static bool is_word(struct orch__slice s, const char *text)
{
	return s.len == strlen(text) && memcmp(s.text, text, s.len) == 0;
}

/* "(a, b)" after in or notin: the values are what stands between. */
static bool set_values(const char **at, struct orch__slice *out)
{
	if (!accept(at, "("))
		return false;
	out->text = *at;
	do {
		if (word(at).len == 0)
			return false;
	} while (accept(at, ","));
	out->len = (size_t)(*at - out->text);
	return accept(at, ")");
}

static bool after_key(const char **at, struct orch__requirement *r)
{
	const char *start = *at;
	struct orch__slice keyword;

	if (accept(at, "!=")) {
		r->op = ORCH__SELECT_NOT_IN;
		r->values = word(at);
		return true;
	}
	if (accept(at, "==") || accept(at, "=")) {
		r->op = ORCH__SELECT_IN;
		r->values = word(at);
		return true;
	}
	keyword = word(at);
	if (is_word(keyword, "in") || is_word(keyword, "notin")) {
		r->op = is_word(keyword, "in") ? ORCH__SELECT_IN : ORCH__SELECT_NOT_IN;
		return set_values(at, &r->values);
	}
	*at = start;
	r->op = ORCH__SELECT_EXISTS;
	return keyword.len == 0;
}

static bool requirement(const char **at, struct orch__requirement *r)
{
	memset(r, 0, sizeof *r);
	skip_blanks(at);
	if (accept(at, "!")) {
		r->op = ORCH__SELECT_ABSENT;
		r->key = word(at);
		return r->key.len > 0;
	}
	r->key = word(at);
	return r->key.len > 0 && after_key(at, r);
}

bool orch__selector_next(const char **at, struct orch__requirement *out)
{
	const char *start = *at, *p = start;

	if (!*p || !requirement(&p, out))
		return false;
	skip_blanks(&p);
	if (*p == ',' && p[1]) /* something must follow */
		p++;
	else if (*p)
		return false;
	*at = p;
	return true;
}

bool orch__selector_value(struct orch__slice *rest, struct orch__slice *value)
{
	const char *end, *p = rest->text;

	if (!p)
		return false;
	end = p + rest->len;
	*value = word(&p);
	if (p < end && *p == ',') {
		p++;
		*rest = (struct orch__slice){ p, (size_t)(end - p) };
	} else {
		*rest = (struct orch__slice){ NULL, 0 };
	}
	return true;
}

const char *orch__selector_check(const char *selector)
{
	struct orch__requirement r;

	if (!selector)
		return NULL;
	while (orch__selector_next(&selector, &r))
		;
	return *selector ? selector : NULL;
}

static const char *find_label(orch_kv_list labels, struct orch__slice key)
{
	for (size_t i = 0; i < labels.count; i++)
		if (is_word(key, labels.items[i].key))
			return labels.items[i].value;
	return NULL;
}

static bool is_one_of(struct orch__slice values, const char *value)
{
	struct orch__slice v;

	while (orch__selector_value(&values, &v))
		if (is_word(v, value))
			return true;
	return false;
}

static bool holds(const struct orch__requirement *r, orch_kv_list labels)
{
	const char *value = find_label(labels, r->key);

	switch (r->op) {
	case ORCH__SELECT_EXISTS:
		return value != NULL;
	case ORCH__SELECT_ABSENT:
		return value == NULL;
	case ORCH__SELECT_IN:
		return value && is_one_of(r->values, value);
	case ORCH__SELECT_NOT_IN:
		break;
	}
	return !value || !is_one_of(r->values, value);
}

bool orch__selector_matches(const char *selector, orch_kv_list labels)
{
	struct orch__requirement r;

	while (selector && orch__selector_next(&selector, &r))
		if (!holds(&r, labels))
			return false;
	return true;
}

int orch_selector_matches(const char *selector, orch_kv_list labels)
{
	return orch__selector_matches(selector, labels);
}
