#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The layout of every C source is what clang-format makes of it; `./dev format` repairs it.
# Tables of numbers that a script wrote (tests/oracle, pinned_*) are left alone.
# usage: layout.sh ROOT
set -eu
cd "$1"
find . -path ./build -prune -o -path ./tests/oracle -prune -o -name 'pinned_*' -prune -o -name '*.[ch]' \
    -exec clang-format --dry-run -Werror {} +
