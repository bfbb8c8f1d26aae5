# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# What scripts/test and .ci/run share: parts that run, are logged under
# build/logs and counted, and a summary of them all. Sourced, from the root.
logs=build/logs
names=() tallies=() seconds=()
total_passed=0 total_failed=0 total_skipped=0
mkdir -p "$logs"

# A line with the result of a part; the rows of the summary.
tally() { # name, seconds, passed, failed, skipped
	names+=("$1") seconds+=("$2") tallies+=("$3 passed, $4 failed, $5 skipped")
	total_passed=$((total_passed + $3))
	total_failed=$((total_failed + $4))
	total_skipped=$((total_skipped + $5))
	printf -- '-- %s: %s (%s s)\n' "$1" "${tallies[-1]}" "$2"
}

show_log() { # name
	printf -- '-- last lines of %s\n' "$logs/$1.log"
	tail -n 60 "$logs/$1.log" | sed 's/^/   | /'
}

# What has to be there first: counts only when it fails.
need() { # name, command...
	local name=$1 from=$SECONDS
	shift
	printf '== %s\n' "$name"
	if ! "$@" >"$logs/$name.log" 2>&1 </dev/null; then
		show_log "$name"
		tally "$name" $((SECONDS - from)) 0 1 0
		return 1
	fi
}

# The same for what takes minutes: its words are shown as they come.
need_shown() { # name, command...
	local name=$1 from=$SECONDS
	shift
	printf '== %s\n' "$name"
	"$@" </dev/null 2>&1 | tee "$logs/$name.log" | sed -u 's/^/   /'
	[ "${PIPESTATUS[0]}" = 0 ] && return
	tally "$name" $((SECONDS - from)) 0 1 0
	return 1
}

# A command that passes or fails as a whole.
step() { # name, command...
	local from=$SECONDS
	need "$@" && tally "$1" $((SECONDS - from)) 1 0 0
}

# A program whose last words are "N passed, N failed, N skipped".
counted() { # name, command...
	local name=$1 from=$SECONDS status
	shift
	printf '== %s\n' "$name"
	"$@" </dev/null 2>&1 | tee "$logs/$name.log"
	status=${PIPESTATUS[0]}
	tally_words "$name" $((SECONDS - from)) "$status" "$(tail -n 1 "$logs/$name.log")"
}

tally_words() { # name, seconds, exit status, words
	local count='^([0-9]+) passed, ([0-9]+) failed, ([0-9]+) skipped$'
	if [[ $4 =~ $count ]]; then
		local failed=${BASH_REMATCH[2]}
		[ "$3" = 0 ] || [ "$failed" != 0 ] || failed=1
		tally "$1" "$2" "${BASH_REMATCH[1]}" "$failed" "${BASH_REMATCH[3]}"
		[ "$failed" = 0 ]
	else
		tally "$1" "$2" 0 1 0 # it broke off
		return 1
	fi
}

# Tests chosen by ctest's arguments. None to run is a failure.
ctests() { # name, ctest arguments...
	local name=$1 from=$SECONDS status
	shift
	printf '== %s\n' "$name"
	rm -f "$logs/$name.xml"
	ctest "$@" --no-tests=error --parallel 2 --output-on-failure \
		--output-junit "$PWD/$logs/$name.xml" \
		--test-output-size-passed 4000000 --test-output-size-failed 4000000 \
		</dev/null 2>&1 | tee "$logs/$name.log" |
		grep --line-buffered -E '^ *[0-9]+/[0-9]+ Test' | sed -u 's/^/   /'
	status=${PIPESTATUS[0]}
	[ "$status" = 0 ] || show_log "$name"
	scripts/count-tests "$logs/$name.xml" | tee "$logs/$name.count" | sed '$d;s/^/   /'
	tally_words "$name" $((SECONDS - from)) "$status" "$(tail -n 1 "$logs/$name.count")"
}

build_preset() { # preset
	cmake --preset "$1" && cmake --build --preset "$1" --parallel 2
}

# What failed and its last words again, where the reader of a long log looks.
show_failures() {
	local i
	for i in "${!names[@]}"; do
		[[ ${tallies[i]} == *" 0 failed, "* ]] && continue
		printf '\n== failed in %s\n' "${names[i]}"
		grep -aE -B 12 '\[ +FAILED +\] \w+$|Test .*\*\*\*|no cluster$|broke off$' \
			"$logs/${names[i]}.log" 2>/dev/null | cut -c 1-300 | head -n 60
	done
}

summary() {
	local i
	[ $total_failed = 0 ] || show_failures
	printf '\n== summary, logs in %s\n' "$logs"
	for i in "${!names[@]}"; do
		printf '%-24s %5s s  %s\n' "${names[i]}" "${seconds[i]}" "${tallies[i]}"
	done
	printf '%s passed, %s failed, %s skipped\n' $total_passed $total_failed $total_skipped
	[ $total_failed = 0 ]
}
