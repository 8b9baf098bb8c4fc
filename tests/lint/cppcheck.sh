#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# cppcheck over the product's own sources; a finding is an error.
# usage: cppcheck.sh ROOT BUILD
#
# normalCheckLevelMaxBranches is a remark about cppcheck itself; style findings are clang-tidy's.
set -eu
mkdir -p "$2/cppcheck"
cppcheck --quiet --std=c11 -j 2 --project="$2/compile_commands.json" \
    --cppcheck-build-dir="$2/cppcheck" --file-filter="$1/engine/*" --file-filter="$1/io/*" \
    --file-filter="$1/cli/*" --enable=warning,performance,portability --inline-suppr \
    --suppress=missingIncludeSystem --error-exitcode=1
