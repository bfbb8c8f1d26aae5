/* SPDX-License-Identifier: MIT */
/* What a scalar is: the core schema of YAML 1.2, chapter 10.3.2. */
#include <string.h>

#include "util/text.h"
#include "yaml/yaml.h"

#define DIGITS "0123456789"

static const struct word {
	const char *text;
	enum orch__yaml_type type;
} words[] = {
	{ "", ORCH__YAML_NULL },
	{ "~", ORCH__YAML_NULL },
	{ "null", ORCH__YAML_NULL },
	{ "Null", ORCH__YAML_NULL },
	{ "NULL", ORCH__YAML_NULL },
	{ "true", ORCH__YAML_TRUE },
	{ "True", ORCH__YAML_TRUE },
	{ "TRUE", ORCH__YAML_TRUE },
	{ "false", ORCH__YAML_FALSE },
	{ "False", ORCH__YAML_FALSE },
	{ "FALSE", ORCH__YAML_FALSE },
	{ ".nan", ORCH__YAML_FLOAT },
	{ ".NaN", ORCH__YAML_FLOAT },
	{ ".NAN", ORCH__YAML_FLOAT },
};

static bool is_all(const char *text, const char *of)
{
	const size_t n = strspn(text, of);

	return n > 0 && !text[n];
}

static bool is_infinite(const char *text)
{
	return !strcmp(text, ".inf") || !strcmp(text, ".Inf") || !strcmp(text, ".INF");
}

/* (\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?, behind the sign */
static bool is_float(const char *text)
{
	const size_t whole = strspn(text, DIGITS);
	size_t fraction = 0;

	text += whole;
	if (*text == '.') {
		fraction = strspn(++text, DIGITS);
		text += fraction;
	}
	if (!whole && !fraction)
		return false;
	if (!*text)
		return true;
	if (*text != 'e' && *text != 'E')
		return false;
	text++;
	if (*text == '-' || *text == '+')
		text++;
	return is_all(text, DIGITS);
}

static enum orch__yaml_type number(const char *text)
{
	const char *digits = text + (*text == '-' || *text == '+');

	if (is_all(digits, DIGITS) ||
		(orch__text_starts(text, "0o") && is_all(text + 2, "01234567")) ||
		(orch__text_starts(text, "0x") && is_all(text + 2, DIGITS "abcdefABCDEF")))
		return ORCH__YAML_INT;
	return is_infinite(digits) || is_float(digits) ? ORCH__YAML_FLOAT : ORCH__YAML_TEXT;
}

enum orch__yaml_type orch__yaml_type(const struct orch__yaml *scalar)
{
	if (!scalar->is_plain)
		return ORCH__YAML_TEXT;
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if (strcmp(words[i].text, scalar->text) == 0)
			return words[i].type;
	return number(scalar->text);
}

bool orch__yaml_is_null(const struct orch__yaml *node)
{
	return !node ||
		(node->kind == ORCH__YAML_SCALAR && orch__yaml_type(node) == ORCH__YAML_NULL);
}
