/* SPDX-License-Identifier: MIT */
/* Prints docs/support-matrix.md from the tables that dispatch reads: nobody types it. */
#include <stdio.h>

#include "core/dispatch.h"
#include "core/registry.h"

static void print_header(void)
{
	const struct orch_backend_ops *ops;

	puts("<!-- SPDX-License-Identifier: MIT -->\n"
	     "# Support matrix\n\n"
	     "Printed from the tables that decide every call (`scripts/check-matrix --write`).\n"
	     "A program asks the same tables with `orch_capability()`.\n\n"
	     "* native: the orchestrator does it\n"
	     "* emulated: liborch does what the orchestrator lacks\n"
	     "* unavailable: the call returns `ORCH_E_UNSUPPORTED`\n");
	printf("| capability | what |");
	for (size_t i = 0; (ops = orch__registry_at(i)) != NULL; i++)
		printf(" %s |", ops->name);
	printf("\n|---|---|");
	for (size_t i = 0; orch__registry_at(i); i++)
		printf("---|");
	puts("");
}

static void print_row(orch_cap cap)
{
	const struct orch_backend_ops *ops;

	printf("| `%s` | %s |", orch_cap_name(cap), orch_cap_text(cap));
	for (size_t i = 0; (ops = orch__registry_at(i)) != NULL; i++) {
		const char *why = "";
		orch_level level = orch__level(ops, cap, &why);

		printf(" %s%s%s |", orch_level_name(level), *why ? ": " : "", why);
	}
	puts("");
}

int main(void)
{
	orch_cap cap;

	print_header();
	for (size_t i = 0; orch_cap_at(i, &cap); i++)
		print_row(cap);
	return 0;
}
