# SPDX-License-Identifier: MIT
#
# For sourcing by the scripts beside it that take minutes. The caller sets `program`.

say() {
	echo "$program: $*" >&2
}

fail() {
	say "$*"
	exit 2
}

# steadily LOG COMMAND...: runs COMMAND with all its output in LOG and tells every 20 s that it is not dead.
# When COMMAND fails, shows how LOG ends and returns its status.
steadily() {
	log=$1
	shift
	"$@" >"$log" 2>&1 </dev/null &
	command=$!
	trap 'kill $command 2>/dev/null; exit 130' INT
	trap 'kill $command 2>/dev/null; exit 143' TERM
	seconds=0
	while kill -0 $command 2>/dev/null; do
		sleep 1
		seconds=$((seconds + 1))
		[ $((seconds % 20)) != 0 ] || say "${seconds} s: $(tail -n 1 "$log" | cut -c 1-100)"
	done
	trap - INT TERM
	wait $command && return
	status=$?
	say "'$*' failed with status $status; the end of $log:"
	tail -n 15 "$log" >&2
	return $status
}
