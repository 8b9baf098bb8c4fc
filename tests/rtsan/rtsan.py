#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Builds the preset rtsan and runs the callbacks in it; then proves that a malloc would be seen.

usage: rtsan.py SOURCE_DIR BUILD_DIR. Exit status 77 where there is no clang with RealtimeSanitizer.
"""

import pathlib
import shutil
import subprocess
import sys

COMPILER = "clang-22"
CALLBACKS = ("capture", "sound")
ENGINE = ("test_pipeline", "test_relax", "test_spectrum", "test_ecg", "test_quality")


def run(*command, **options):
    return subprocess.run(command, capture_output=True, text=True, check=False, **options)


def has_sanitizer(scratch):
    """An empty program links with it."""
    source = scratch / "empty.c"
    source.write_text("int main(void) { return 0; }\n")
    return run(COMPILER, "-fsanitize=realtime", str(source), "-o",
               str(scratch / "empty")).returncode == 0


def skip(why):
    print(f"SKIPPED: {why}; install clang-22 and libclang-rt-22-dev (Debian 12 with its security"
          " updates) to check what the audio callbacks call")
    sys.exit(77)


def expect(good, what, result):
    print("ok" if good else "FAILED", what, flush=True)
    if not good:
        print(result.stdout[-4000:], result.stderr[-4000:])
        sys.exit(1)


def main():
    source, build = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]) / "rtsan"
    build.mkdir(parents=True, exist_ok=True)
    if shutil.which(COMPILER) is None:
        skip(f"there is no {COMPILER}")
    if not has_sanitizer(build):
        skip(f"{COMPILER} has no RealtimeSanitizer")
    made = run("cmake", "--preset", "rtsan", "-B", str(build), cwd=source)
    expect(made.returncode == 0, "configured", made)

    def make(*targets):
        return run("cmake", "--build", str(build), "-j2", "--target", *targets)

    good = [f"rtsan_{name}" for name in CALLBACKS]
    made = make(*good, *ENGINE)
    expect(made.returncode == 0, "built, function effects as errors", made)
    for name in CALLBACKS:
        ran = run(str(build / "tests/rtsan" / f"rtsan_{name}"))
        expect(ran.returncode == 0, f"{name}: {ran.stdout.strip()}", ran)
        refused = make(f"rtsan_{name}_refused")
        expect(refused.returncode != 0 and "-Wfunction-effects" in refused.stdout,
               f"{name}: a malloc is refused by the compiler", refused)
        made = make(f"rtsan_{name}_caught")
        expect(made.returncode == 0, f"{name}: built with the malloc", made)
        caught = run(str(build / "tests/rtsan" / f"rtsan_{name}_caught"))
        expect(caught.returncode != 0 and "RealtimeSanitizer" in caught.stderr
               and "malloc" in caught.stderr, f"{name}: the malloc is caught as it runs", caught)
    for name in ENGINE:
        ran = run(str(build / "tests" / name))
        expect(ran.returncode == 0, f"{name} with every real-time function watched", ran)


if __name__ == "__main__":
    main()
