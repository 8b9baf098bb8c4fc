#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Every header compiles alone: all of them as C11, the public ones as C++17 too.
# usage: headers.sh ROOT
set -eu
cd "$1"
status=0
foreign=$(pkg-config --cflags hdf5 libcjson)
for header in $(find engine io cli -name '*.h' | sort); do
    # shellcheck disable=SC2086 # flags are words
    gcc -std=c11 -D_GNU_SOURCE -Wall -Wextra -Wpedantic -Werror $foreign -Iengine/include -Iengine \
        -Iio -I. \
        -include "$header" -fsyntax-only -x c /dev/null || status=1
done
for header in engine/include/myotwitch/*.h; do
    g++ -std=c++17 -Wall -Wextra -Wpedantic -Werror -Iengine/include \
        -include "$header" -fsyntax-only -x c++ /dev/null || status=1
done
exit $status
