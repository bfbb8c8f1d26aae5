/* SPDX-License-Identifier: MIT */
#include "live/live.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>

const char *live_env(const char *name)
{
	const char *value = getenv(name);

	if (value && *value)
		return value;
	print_message("# %s is not set: see tests/live/run\n", name);
	skip();
	return NULL;
}

ORCH_PRINTF(1, 0) static char *format_command(const char *format, va_list ap)
{
	char *text = malloc(8192);
	int n;

	assert_non_null(text);
	n = vsnprintf(text, 8192, format, ap);
	assert_in_range(n, 1, 8191);
	print_message("# $ %s\n", text);
	return text;
}

int live_sh(const char *format, ...)
{
	char *text;
	va_list ap;
	int status;

	va_start(ap, format);
	text = format_command(format, ap);
	va_end(ap);
	status = system(text);
	free(text);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 255;
}

static char *read_all(FILE *f)
{
	size_t used = 0, size = 4096, got;
	char *text = malloc(size);

	assert_non_null(text);
	while ((got = fread(text + used, 1, size - used - 1, f)) > 0) {
		used += got;
		if (used + 1 < size)
			continue;
		size *= 2;
		text = realloc(text, size);
		assert_non_null(text);
	}
	while (used > 0 && text[used - 1] == '\n')
		used--;
	text[used] = '\0';
	return text;
}

char *live_output(const char *format, ...)
{
	char *text, *printed;
	va_list ap;
	FILE *f;

	va_start(ap, format);
	text = format_command(format, ap);
	va_end(ap);
	f = popen(text, "r");
	assert_non_null(f);
	printed = read_all(f);
	assert_int_equal(pclose(f), 0);
	free(text);
	return printed;
}

char *live_url(const char *endpoint)
{
	size_t size = strlen(endpoint) + 16;
	char *url = malloc(size);

	assert_non_null(url);
	if (strncmp(endpoint, "tcp://", 6) == 0)
		(void)snprintf(url, size, "swarm://%s", endpoint + 6);
	else
		(void)snprintf(url, size, "swarm+%s", endpoint);
	return url;
}
