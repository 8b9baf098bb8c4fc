#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Writes the man page of every command, from the tables that also parse the command line.
# usage: pages.sh PROGRAM DIRECTORY
set -eu
mkdir -p "$2"
"$1" --help | sed -n 's/^  \([a-z]\{2,\}\) .*/\1/p' | while read -r command; do
    "$1" "$command" --help-man >"$2/myotwitch-$command.1"
done
