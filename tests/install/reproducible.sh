#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Two builds of the same sources in two places give the same program, library and archive, byte for byte.
# Arguments: the sources.
set -eu

root=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# The sources as they are, without what was built.
copy()
{
    mkdir -p "$1"
    tar -C "$root" --exclude=./build --exclude=./.git -cf - . | tar -C "$1" -xf -
}

compile()
{
    if ! env -u CMAKE_C_COMPILER_LAUNCHER cmake -G Ninja -S "$1" -B "$2" -DCMAKE_BUILD_TYPE=Release -DMYO_BENCH=OFF \
        >"$work/log" 2>&1 ||
        ! cmake --build "$2" --target myotwitch_cli myotwitch myotwitch_shared >>"$work/log" 2>&1; then
        tail -n 30 "$work/log"
        exit 1
    fi
}

sums()
{
    (cd "$1" && find . -type f \( -name myotwitch -o -name 'libmyotwitch.*' \) | LC_ALL=C sort | xargs sha256sum)
}

copy "$work/one"
copy "$work/another/place/with a long name"
compile "$work/one" "$work/one/build"
sleep 1 # so that a time of building would differ
compile "$work/another/place/with a long name" "$work/elsewhere"
sums "$work/one/build" >"$work/a"
sums "$work/elsewhere" >"$work/b"
cat "$work/a"
test "$(wc -l <"$work/a")" -ge 3
cmp "$work/a" "$work/b"
if grep -rqF "$work" --include=myotwitch --include='libmyotwitch.*' "$work/one/build"; then
    echo "a place of building stands in what was built"
    exit 1
fi
