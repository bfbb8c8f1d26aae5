#!/bin/sh
# SPDX-License-Identifier: MIT
# Does a program outside this tree build and run against liborch? Installs it
# (shared and static, plain and multiarch layout, absolute directories), moves
# the installed tree, and uses it by pkg-config, by find_package and from inside
# another project. Each library is compiled once and installed more than once.
#
# usage: tests/downstream.sh [folder for objects, kept for the next run]
set -eu
src=$(cd "$(dirname "$0")/.." && pwd)
scratch=$(mktemp -d)
keep=${1:-$scratch/objects}
trap 'rm -rf "$scratch"' EXIT
trap 'exit 130' INT TERM
mkdir -p "$keep"

here=$src/tests/downstream
program=$src/examples/deploy.c
[ -f "$program" ] || program=$here/version.c
version=$(sed -n 's/.*ORCH_VERSION "\(.*\)"/\1/p' "$src/include/orch/version.h")
soname=liborch.so.$(echo "$version" | cut -d. -f1,2)
triplet=$(cc -print-multiarch 2>/dev/null || true)
triplet=${triplet:-x86_64-linux-gnu}
command -v ninja >/dev/null && export CMAKE_GENERATOR=Ninja
unset DESTDIR PKG_CONFIG_LIBDIR LD_LIBRARY_PATH ORCH_URL
passed=0

ok() { passed=$((passed + 1)); echo "ok      $*"; }
die() { echo "FAILED  $*"; exit 1; }
run() { "$@" >"$scratch/log" 2>&1 || { tail -30 "$scratch/log"; die "$*"; }; }
cmake_build() { run cmake --build "$1" --parallel 2; }

# The program works, from wherever its library is.
works() { # program [library path]
	LD_LIBRARY_PATH=${2-} ORCH_URL=sim:// "$1" >"$scratch/said" 2>&1 </dev/null ||
		{ cat "$scratch/said"; die "$1 failed"; }
	[ -s "$scratch/said" ] || die "$1 said nothing"
}

needed() { readelf -d "$1" | sed -n 's/.*NEEDED.*\[\(.*\)\]/\1/p'; }

# What liborch is built on is its own business.
links_liborch_alone() { # program
	needed "$1" | grep -qx "$soname" || die "$1 does not need $soname"
	if needed "$1" | grep -E 'curl|ssl|crypto|yajl'; then
		die "$1 is linked against what liborch uses"
	fi
}

configure() { # objects, shared, cmake arguments
	objects=$1 shared=$2
	shift 2
	run cmake -S "$src" -B "$objects" -DBUILD_SHARED_LIBS="$shared" -DORCH_BUILD_TESTS=OFF \
		-DORCH_BUILD_EXAMPLES=OFF -DORCH_BUILD_BENCH=OFF "$@"
}

install_and_move() { # shared, libdir: leaves the tree in $scratch/moved
	configure "$keep/$1" "$1" -DCMAKE_INSTALL_LIBDIR="$2" \
		-DCMAKE_INSTALL_INCLUDEDIR=include -DCMAKE_INSTALL_PREFIX="$scratch/first"
	cmake_build "$keep/$1"
	rm -rf "$scratch/moved"
	run cmake --install "$keep/$1"
	mv "$scratch/first" "$scratch/moved"
}

by_cmake() { # what, prefix, version
	rm -rf "$scratch/out"
	run cmake -S "$here/consume" -B "$scratch/out" -DCMAKE_PREFIX_PATH="$2" \
		-DPROGRAM="$program" -DORCH_WANTED="${3:-$version}"
	cmake_build "$scratch/out"
	works "$scratch/out/program"
	ok "$1 find_package"
}

by_pkg_config() { # what, libdir
	export PKG_CONFIG_PATH="$2/pkgconfig"
	[ "$(pkg-config --modversion liborch)" = "$version" ] || die "liborch.pc: another version"
	# shellcheck disable=SC2046
	run cc "$program" $(pkg-config --cflags --libs liborch) -o "$scratch/program"
	works "$scratch/program" "$2"
	links_liborch_alone "$scratch/program"
	ok "$1 pkg-config"
}

# What most people mean by static: liborch.a, and what it uses shared.
by_archive() { # what, libdir
	export PKG_CONFIG_PATH="$2/pkgconfig"
	# shellcheck disable=SC2046
	run cc -DORCH_STATIC "$program" $(pkg-config --cflags liborch) -L"$2" -l:liborch.a \
		$(pkg-config --libs libcurl yajl libssl libcrypto libfyaml) -pthread -o "$scratch/program"
	works "$scratch/program"
	needed "$scratch/program" | grep liborch && die "linked against the shared liborch"
	ok "$1 liborch.a + shared dependencies"
}

embedded() { # shared, with the network backends
	objects=$keep/embed-$1
	run cmake -S "$here/embed" -B "$objects" -DBUILD_SHARED_LIBS="$1" -DORCH_SWARM="$2" -DORCH_KUBERNETES="$2" \
		-DLIBORCH="$src" -DPROGRAM="$program" -DCMAKE_INSTALL_PREFIX="$scratch/none"
	cmake_build "$objects"
	works "$objects/program"
	run cmake --install "$objects"
	[ ! -e "$scratch/none" ] || die "an embedded liborch installs itself"
	ctest --test-dir "$objects" -N | grep -q 'Total Tests: 0' || die "it brings its tests"
	if [ "$2" = OFF ] && needed "$objects/_deps/liborch-build/liborch.so" | grep -E 'curl|ssl|yajl|fyaml'; then
		die "the simulator alone needs network libraries"
	fi
	ok "shared=$1 network=$2 FetchContent"
}

components() { # objects
	rm -rf "$scratch/part"
	run cmake --install "$1" --component runtime --prefix "$scratch/part"
	(cd "$scratch/part" && find . -type f -o -type l) | grep -v "/$soname" &&
		die "the component runtime is more than the library"
	[ -e "$scratch/part/lib/$soname" ] || die "the component runtime lacks $soname"
	run cmake --install "$1" --component development --prefix "$scratch/part"
	[ -L "$scratch/part/lib/liborch.so" ] || die "the component development lacks liborch.so"
	ok "components runtime and development"
}

for shared in ON OFF; do
	for libdir in "lib/$triplet" lib; do
		install_and_move $shared "$libdir"
		if [ $shared = ON ]; then
			by_pkg_config "shared $libdir" "$scratch/moved/$libdir"
		else
			by_archive "static $libdir" "$scratch/moved/$libdir"
		fi
		by_cmake "shared=$shared $libdir" "$scratch/moved"
	done
done
embedded OFF ON
embedded ON OFF # the simulator alone
install_and_move ON lib
components "$keep/ON"

# Absolute directories (Nix), and a wrong version asked for.
configure "$keep/ON" ON -DCMAKE_INSTALL_PREFIX="$scratch/p" \
	-DCMAKE_INSTALL_LIBDIR="$scratch/q/lib" -DCMAKE_INSTALL_INCLUDEDIR="$scratch/i"
cmake_build "$keep/ON"
run cmake --install "$keep/ON"
by_pkg_config "absolute directories" "$scratch/q/lib"
by_cmake "absolute directories" "$scratch/q"
rm -rf "$scratch/out"
if cmake -S "$here/consume" -B "$scratch/out" -DCMAKE_PREFIX_PATH="$scratch/q" \
	-DPROGRAM="$program" -DORCH_WANTED=0.0 >"$scratch/log" 2>&1; then
	die "find_package(orch 0.0) was accepted"
fi
grep -q 'requested version "0.0"' "$scratch/log" || { cat "$scratch/log"; die "another reason"; }
ok "find_package(orch 0.0) is refused"
echo "$passed passed, 0 failed, 0 skipped"
