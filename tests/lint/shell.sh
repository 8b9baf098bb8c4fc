#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Every shell script is POSIX and free of what shellcheck knows to be a mistake.
# usage: shell.sh ROOT
set -eu
cd "$1"
find dev .ci/run engine io cli tests cmake docs datasets bench man -type f 2>/dev/null | sort |
    while read -r file; do
        case $(head -n 1 "$file" | tr -d '\0') in
        '#!/bin/sh'*) printf '%s\n' "$file" ;;
        '#!'*bash* | '#!'*zsh*) echo "$file: scripts are POSIX sh" >&2 && exit 1 ;;
        esac
    done >"${TMPDIR:-/tmp}/shell.$$"
trap 'rm -f "${TMPDIR:-/tmp}/shell.$$"' EXIT
while read -r script; do
    dash -n "$script"
done <"${TMPDIR:-/tmp}/shell.$$"
xargs shellcheck --shell=sh <"${TMPDIR:-/tmp}/shell.$$"
