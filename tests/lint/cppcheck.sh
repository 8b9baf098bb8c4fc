#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# cppcheck over the product's own sources; a finding is an error.
# usage: cppcheck.sh ROOT BUILD
#
# uninitvar is left to the compilers and to clang-tidy: it does not see that a loop over a count of 0
# reads nothing.
set -eu
mkdir -p "$2/cppcheck"
cppcheck --quiet --std=c11 -j 2 --project="$2/compile_commands.json" \
    --cppcheck-build-dir="$2/cppcheck" --file-filter="$1/engine/*" --file-filter="$1/io/*" \
    --file-filter="$1/cli/*" --enable=warning,performance,portability --inline-suppr \
    --suppress=missingIncludeSystem --suppress=uninitvar --error-exitcode=1
