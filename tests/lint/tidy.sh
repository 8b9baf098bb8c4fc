#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# clang-tidy over the product's own sources (.clang-tidy says which checks); a finding is an error.
# usage: tidy.sh ROOT BUILD. What clang-tidy counts and does not show goes to BUILD/tidy.log.
#
# One file a run: clang-tidy 14 carried what it knew of a va_list from one file into the next.
# max-nodes: how far the analyzer follows one function; its default of 225000 takes three times as
# long and found nothing more here.
set -eu
cd "$1"
find "$1/engine" "$1/io" "$1/cli" -name '*.c' | sort |
    xargs -P 2 -n 1 clang-tidy --quiet -p "$2" \
        --extra-arg=-Xclang --extra-arg=-analyzer-config \
        --extra-arg=-Xclang --extra-arg=max-nodes=60000 \
        --extra-arg=-Wno-unknown-warning-option --extra-arg=-Wno-psabi 2>"$2/tidy.log"
