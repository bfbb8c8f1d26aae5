/* SPDX-License-Identifier: MIT */
#include "backend/kubernetes/oidc.h"

#include <string.h>

#include "json/json.h"
#include "util/base64.h"
#include "util/clock.h"
#include "util/error.h"

enum { TOKEN_LIMIT = 1 << 16 };

struct claims {
	int64_t ends_s;
};

static const struct claims blank = { ORCH_UNSET };

/* clang-format off */
ORCH__J_LOCAL_TABLE(claims_table, blank,
	ORCH__J_I64("exp", struct claims, ends_s, 0));
/* clang-format on */

/* The part between the dots, in the alphabet of RFC 4648, section 5, without padding. */
static bool decode_claims(const char *token, struct orch__buf *out)
{
	struct orch__buf plain = ORCH__BUF_SECRET(TOKEN_LIMIT);
	const char *from = strchr(token, '.');
	const size_t len = from ? strcspn(from + 1, ".") : 0;
	bool ok = from && from[1 + len] == '.';

	if (ok)
		orch__buf_add(&plain, from + 1, len);
	while (ok && orch__buf_ok(&plain) && plain.len % 4)
		orch__buf_add(&plain, "=", 1);
	ok = ok && orch__buf_ok(&plain);
	for (size_t i = 0; ok && i < plain.len; i++)
		plain.text[i] = plain.text[i] == '-' ? '+'
			: plain.text[i] == '_'       ? '/'
						     : plain.text[i];
	ok = ok && orch__base64_decode(plain.text, plain.len, out);
	if (plain.failed == ORCH__MEM_NONE_LEFT)
		out->failed = ORCH__MEM_NONE_LEFT;
	orch__buf_dispose(&plain);
	return ok;
}

orch_status kube_oidc_is_fresh(const char *token, bool *out)
{
	struct orch__buf json = ORCH__BUF_SECRET(TOKEN_LIMIT);
	struct orch__arena a = { .is_secret = true };
	struct claims claims = blank;
	orch_status st = ORCH_OK;

	*out = false;
	if (decode_claims(token, &json))
		st = orch__json_decode(&claims_table, &a, json.text, json.len, &claims);
	else if (json.failed == ORCH__MEM_NONE_LEFT)
		st = orch__fail(ORCH_E_NOMEM, "out of memory");
	*out = st == ORCH_OK && claims.ends_s != ORCH_UNSET &&
		claims.ends_s > orch__clock_wall_ms() / 1000;
	orch__arena_dispose(&a);
	orch__buf_dispose(&json);
	if (st == ORCH_E_NOMEM)
		return st;
	orch__error_clear();
	return ORCH_OK;
}
