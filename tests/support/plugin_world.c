/* SPDX-License-Identifier: MIT */
#include "support/plugin_world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

const char *plugin_world_path(const struct plugin_world *w, const char *name)
{
	static char paths[4][128];
	static unsigned next;
	char *path = paths[next++ % 4];

	snprintf(path, sizeof paths[0], "%s/%s", w->folder, name);
	return path;
}

void plugin_world_write(const struct plugin_world *w, const char *name, const char *text)
{
	char temporary[160];
	const char *path = plugin_world_path(w, name);
	FILE *f;

	snprintf(temporary, sizeof temporary, "%s.new", path);
	f = fopen(temporary, "we");
	assert_non_null(f);
	assert_int_equal(fwrite(text, 1, strlen(text), f), strlen(text));
	fclose(f);
	assert_int_equal(rename(temporary, path), 0);
}

const char *plugin_world_read(const struct plugin_world *w, const char *name)
{
	static char text[1 << 16];
	FILE *f = fopen(plugin_world_path(w, name), "re");
	size_t n = f ? fread(text, 1, sizeof text - 1, f) : 0;

	text[n] = '\0';
	if (f)
		fclose(f);
	return text;
}

/* Renamed into place: one that is written cannot be run ("text file busy" in a child that
 * another thread has just forked). */
void plugin_world_script(struct plugin_world *w, const char *body)
{
	char text[8192];

	snprintf(text, sizeof text, "#!/bin/sh\ncd '%s' || exit 99\necho run >> runs\n%s",
		w->folder, body);
	plugin_world_write(w, "plugin.new", text);
	assert_int_equal(chmod(plugin_world_path(w, "plugin.new"), 0700), 0);
	assert_int_equal(rename(plugin_world_path(w, "plugin.new"), w->command), 0);
}

void plugin_world_open(struct plugin_world *w, const char *body)
{
	memset(w, 0, sizeof *w);
	snprintf(w->folder, sizeof w->folder, "/tmp/orch-plugin-XXXXXX");
	assert_non_null(mkdtemp(w->folder));
	snprintf(w->command, sizeof w->command, "%s/plugin", w->folder);
	plugin_world_script(w, body);
	w->exec.api_version = PLUGIN_V1;
	w->exec.command = w->command;
	w->exec.interactive = "IfAvailable";
	w->exec.is_trusted = true;
	w->config.server = "https://h:6443";
	w->config.user.exec = &w->exec;
}

void plugin_world_close(struct plugin_world *w)
{
	DIR *dir = opendir(w->folder);

	assert_non_null(dir);
	for (struct dirent *d; (d = readdir(dir));)
		if (d->d_name[0] != '.')
			unlink(plugin_world_path(w, d->d_name));
	closedir(dir);
	assert_int_equal(rmdir(w->folder), 0);
}

int plugin_world_runs(const struct plugin_world *w)
{
	int n = 0;

	for (const char *p = plugin_world_read(w, "runs"); (p = strchr(p, '\n')); p++)
		n++;
	return n;
}
