#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Builds the Debian packages from what git knows, lets lintian judge them, and runs what is in them.
# usage: debian.sh SOURCE; 77 = the tools are not here
set -eu
source=$1
for tool in dpkg-buildpackage dh lintian dh_python3; do
    command -v "$tool" >/dev/null || { echo "skipped: no $tool" && exit 77; }
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/src" "$work/root"
cd "$source"
git ls-files -z | xargs -0 cp --parents -t "$work/src"
cd "$work/src"
DEB_BUILD_OPTIONS="nocheck parallel=2" nice dpkg-buildpackage -us -uc -b >"$work/log" 2>&1 ||
    { tail -n 40 "$work/log" && exit 1; }
lintian --allow-root --fail-on error,warning "$work"/*.changes

# Unpacked side by side they work together: program, library, Python module.
for package in "$work"/*.deb; do
    dpkg-deb -x "$package" "$work/root"
done
"$work/root/usr/bin/myotwitch" --version
lib=$(dirname "$(find "$work/root" -name 'libmyotwitch.so.0')")
LD_LIBRARY_PATH=$lib PYTHONPATH=$work/root/usr/lib/python3/dist-packages /usr/bin/python3 -c '
import numpy, myotwitch
assert myotwitch.library_path() == "libmyotwitch.so.0"
x = numpy.random.default_rng(1).normal(0, 1, 20000)
x[12000:12100] *= 40
assert [round(e.onset_s, 1) for e in myotwitch.detect(x, 2000)] == [6.0]'
LD_LIBRARY_PATH=$lib PKG_CONFIG_PATH=$lib/pkgconfig sh -c '
cc "$0" -o "$1/detect" $(pkg-config --cflags --libs myotwitch) -lm && "$1/detect" | grep -q "^ltr at "' \
    "$work/root/usr/share/doc/libmyotwitch-dev/examples/detect.c" "$work"
