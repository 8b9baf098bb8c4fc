#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Installs to a temporary prefix, moves it, and lets a stranger's program find it there: by CMake and
# by pkg-config, shared and static.
# usage: install.sh HERE BUILD VERSION
set -eu
here=$1
build=$2
expected="$3 4000 1"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cmake --install "$build" --prefix "$work/first" >/dev/null
# A prefix that is moved must still work: nothing in it may remember where it was.
mv "$work/first" "$work/prefix"
if grep -r "$work/first" "$work/prefix" >/dev/null; then
    echo "an installed file remembers its prefix:" && grep -rl "$work/first" "$work/prefix" && exit 1
fi

check()
{
    said=$("$2")
    [ "$said" = "$expected" ] || { echo "$1: '$said' instead of '$expected'" && exit 1; }
}

example=$here/../../docs/detect.c
cmake -S "$here" -B "$work/cmake" -G Ninja -DCMAKE_PREFIX_PATH="$work/prefix" \
    -DEXAMPLE="$example" >/dev/null
cmake --build "$work/cmake" >/dev/null
check "cmake, shared" "$work/cmake/with_shared"
check "cmake, static" "$work/cmake/with_static"

# The example of the documentation finds the burst that it makes at 6 s, and nothing else.
check_example()
{
    said=$("$1")
    case $said in
    *" s"*" s"*) echo "the example finds too much: $said" && exit 1 ;;
    "ltr at 6.00"* | "ltr at 5.99"*) ;;
    *) echo "the example says: '$said'" && exit 1 ;;
    esac
}
check_example "$work/cmake/detect"

lib=$(dirname "$(find "$work/prefix" -name libmyotwitch.a)")
PKG_CONFIG_PATH=$lib/pkgconfig
export PKG_CONFIG_PATH
# shellcheck disable=SC2046 # flags are words
cc -std=c11 "$here/consumer.c" -o "$work/shared" $(pkg-config --cflags --libs myotwitch)
LD_LIBRARY_PATH=$lib check "pkg-config, shared" "$work/shared"
# shellcheck disable=SC2046
cc -std=c11 "$example" -o "$work/detect" $(pkg-config --cflags --libs myotwitch) -lm
LD_LIBRARY_PATH=$lib check_example "$work/detect"
# Every symbol carries the version of cmake/myotwitch.map, and nothing else is shown.
nm -D --defined-only "$lib/libmyotwitch.so" | awk '{ print $3 }' |
    grep -Ev '^(myo_[a-z0-9_]+@@MYOTWITCH_0|MYOTWITCH_0)$' && echo "shown without version" && exit 1
rm "$lib"/libmyotwitch.so*
# shellcheck disable=SC2046
cc -std=c11 "$here/consumer.c" -o "$work/static" $(pkg-config --static --cflags --libs myotwitch)
check "pkg-config, static" "$work/static"
"$work/prefix/bin/myotwitch" --version
