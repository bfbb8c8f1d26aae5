/* SPDX-License-Identifier: MIT */
#include "json/validate.h"

#include "json/sax.h"

static bool scalar(void *ctx, enum orch__json_type type, const char *text, size_t len)
{
	(void)ctx;
	(void)type;
	(void)text;
	(void)len;
	return true;
}

static bool key(void *ctx, const char *text, size_t len)
{
	return scalar(ctx, ORCH__T_STRING, text, len);
}

static bool bracket(void *ctx, bool array)
{
	(void)ctx;
	(void)array;
	return true;
}

static const struct orch__sax_ops nothing = {
	.scalar = scalar,
	.key = key,
	.open = bracket,
	.close = bracket,
};

bool orch__json_check_document(
	const char *text, size_t len, bool cut_out, struct orch__json_error *err)
{
	struct orch__sax s;

	orch__sax_open(&s, &nothing, NULL, false, NULL, err);
	s.cut_out = cut_out;
	orch__sax_feed(&s, text, len);
	orch__sax_finish(&s);
	orch__sax_dispose(&s);
	return !err->status;
}

orch_status orch__json_validate(const char *text, size_t len)
{
	struct orch__json_error err = { 0 };

	orch__json_check_document(text, len, false, &err);
	return orch__json_report(&err);
}
