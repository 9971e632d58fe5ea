#!/bin/sh
# Installs the build into an empty prefix, moves it, and uses it as someone else would: the
# program, find_package(irminon) and pkg-config, from C and from C++.
#   consume.sh BINARY_DIR CMAKE CC FLAGS [CXX]
set -eu
binary=$1 cmake=$2 cc=$3 flags=$4 cxx=${5:-}
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() { echo "$*" >&2; exit 1; }

"$cmake" --install "$binary" --prefix "$work/first" >"$work/log" 2>&1 ||
    { cat "$work/log"; fail "cmake --install failed"; }
prefix=$work/moved
mv "$work/first" "$prefix"
[ "$("$prefix/bin/irminon" --version | cut -d' ' -f1)" = irminon ] || fail "no program"
for file in include/irminon.h include/irminon/store.h share/man/man1/irminon.1 \
    share/bash-completion/completions/irminon share/doc/irminon/guide.fr.md; do
    [ -s "$prefix/$file" ] || fail "not installed: $file"
done
bash -n "$prefix/share/bash-completion/completions/irminon" || fail "completion is not bash"

printf 'code;people\n01001;3\n01002;5\n' >"$work/pairs.csv"
"$prefix/bin/irminon" ingest --quiet "$work/store" "$work/pairs.csv" --dataset pairs@2020
expect() {
    said=$("$@" "$work/store") || fail "$* failed"
    case $said in pairs*) ;; *) fail "$* printed '$said', not the table's name" ;; esac
}

mkdir "$work/consumer"
cp "$here/consumer.c" "$work/consumer/consumer.c"
cp "$here/consumer.c" "$work/consumer/consumer.cc"
cp "$here/CMakeLists.consumer.txt" "$work/consumer/CMakeLists.txt"
{
    "$cmake" -S "$work/consumer" -B "$work/build" -DCMAKE_PREFIX_PATH="$prefix" \
        -DCMAKE_C_COMPILER="$cc" -DCMAKE_C_FLAGS="$flags" \
        ${cxx:+-DCONSUMER_CXX=ON -DCMAKE_CXX_COMPILER="$cxx" -DCMAKE_CXX_FLAGS="$flags"} &&
        "$cmake" --build "$work/build"
} >"$work/log" 2>&1 || { cat "$work/log"; fail "a CMake consumer does not build"; }
expect "$work/build/consumer"
[ -z "$cxx" ] || expect "$work/build/consumer_cxx"

pc=$(dirname "$(find "$prefix" -name irminon.pc)")
libs=$(dirname "$pc")
words() { PKG_CONFIG_PATH=$pc pkg-config "$@" irminon; }
cd "$work/consumer"
# shellcheck disable=SC2046,SC2086
$cc $flags $(words --cflags) consumer.c -o "$work/by_pc" $(words --libs) ||
    fail "a pkg-config consumer does not build"
LD_LIBRARY_PATH=$libs expect "$work/by_pc"
if [ -n "$cxx" ]; then
    # shellcheck disable=SC2046,SC2086
    $cxx $flags $(words --cflags) consumer.cc -o "$work/by_pc_cxx" $(words --libs) ||
        fail "a pkg-config consumer does not build in C++"
    LD_LIBRARY_PATH=$libs expect "$work/by_pc_cxx"
fi
