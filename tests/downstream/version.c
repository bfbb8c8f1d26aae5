/* SPDX-License-Identifier: MIT */
/* The smallest program: headers and library are of one version. */
#include <stdio.h>

#include <orch/common.h>

int main(void)
{
	puts(orch_version());
	return orch_version_num() != ORCH_VERSION_NUM;
}
