# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# What scripts/test-packages and scripts/test-wheel share: cases that are counted,
# in a scratch folder of their own, $work. Sourced.
work=$(mktemp -d "${TMPDIR:-/tmp}/liborch-cases.XXXXXX")
trap 'rm -rf --one-file-system "$work"' EXIT
trap 'exit 130' INT TERM
passed=0 failed=0 skipped=0
version=$(sed -n 's/^#define ORCH_VERSION "\(.*\)"/\1/p' include/orch/version.h)

# A case, in a shell of its own: its words when it fails, a line when it does not.
try() { # name, command...
	local name=$1 from=$SECONDS
	shift
	if ("$@") >"$work/log" 2>&1 </dev/null; then
		passed=$((passed + 1))
		echo "ok      $name ($((SECONDS - from)) s)"
	else
		failed=$((failed + 1))
		echo "FAILED  $name"
		tail -n 40 "$work/log" | cut -c 1-300 | sed 's/^/   | /'
		return 1
	fi
}

skip() { # name, reason
	skipped=$((skipped + 1))
	echo "skipped $1: $2"
}

finish() {
	echo "$passed passed, $failed failed, $skipped skipped"
	[ $failed = 0 ]
	exit
}

# The first of the commands that is not there; false when all are.
missing() { # commands...
	local command
	for command; do
		command -v "$command" >/dev/null || { echo "$command" && return; }
	done
	return 1
}
