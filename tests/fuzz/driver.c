/* SPDX-License-Identifier: MIT */
/* In the place of a fuzzer: the files of folders, whole, cut off at every byte, and with each
 * byte changed. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz/fuzz.h"

enum { LONGEST = 1 << 16 };

/* In memory of exactly that size, so that a byte too many is noticed. */
static void try(const uint8_t *data, size_t size)
{
	uint8_t *copy = malloc(size ? size : 1);

	if (!copy)
		abort();
	memcpy(copy, data, size);
	(void)LLVMFuzzerTestOneInput(copy, size);
	free(copy);
}

static void try_all(uint8_t *data, size_t size)
{
	static const uint8_t changes[] = { 0x01, 0x80, 0x20 };

	for (size_t i = 0; i <= size; i++)
		try(data, i);
	for (size_t i = 0; i < size; i++) {
		const uint8_t change = changes[i % sizeof changes];

		data[i] ^= change;
		try(data, size);
		data[i] ^= change;
	}
}

static int try_file(const char *folder, const char *name)
{
	static uint8_t data[LONGEST];
	char path[4096];
	FILE *f;
	size_t size;

	(void)snprintf(path, sizeof path, "%s/%s", folder, name);
	f = fopen(path, "re");
	if (!f)
		return 0;
	size = fread(data, 1, sizeof data, f);
	(void)fclose(f);
	try_all(data, size);
	return 1;
}

int main(int argc, char **argv)
{
	int files = 0;

	for (int i = 1; i < argc; i++) {
		DIR *folder = opendir(argv[i]);

		for (struct dirent *e; folder && (e = readdir(folder)) != NULL;)
			if (e->d_name[0] != '.')
				files += try_file(argv[i], e->d_name);
		if (folder)
			(void)closedir(folder);
	}
	printf("%d files\n", files);
	return files ? 0 : 1;
}
