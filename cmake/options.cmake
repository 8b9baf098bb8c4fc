# SPDX-License-Identifier: GPL-3.0-or-later
# One target that every room links: language level, warnings, and the floating-point rules.
#
# -ffp-contract=off: a fused multiply-add changes the last bit; it happens only where the source
# writes fma(), so that every instruction set computes the same bits.
add_library(myo_options INTERFACE)
target_compile_features(myo_options INTERFACE c_std_11)
target_compile_options(
    myo_options
    INTERFACE -ffp-contract=off -fvisibility=hidden -Wall -Wextra -Wpedantic -Wshadow -Wvla
              -Wstrict-prototypes -Wmissing-prototypes -Wwrite-strings
              -Wundef -Wpointer-arith -Wcast-qual
              # clang takes exception to every NAN and INFINITY, which are floats in <math.h>
              $<$<C_COMPILER_ID:GNU>:-Wdouble-promotion>)
option(MYO_WERROR "Treat warnings as errors" ON)
if(MYO_WERROR)
    target_compile_options(myo_options INTERFACE -Werror)
endif()
set(CMAKE_C_STANDARD 11)
set(CMAKE_C_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)

# MYO_SANITIZE=address,undefined or thread: see the presets. A report ends the program.
set(MYO_SANITIZE "" CACHE STRING "Sanitizers to build with, as for -fsanitize=")
if(MYO_SANITIZE)
    add_compile_options(-fsanitize=${MYO_SANITIZE} -fno-sanitize-recover=all
                        -fno-omit-frame-pointer)
    add_link_options(-fsanitize=${MYO_SANITIZE})
    if(MYO_SANITIZE STREQUAL "realtime")
        # What a function marked MYO_RT may call is checked as it is compiled, too.
        add_compile_options(-Wfunction-effects)
    endif()
    # Instrumented code hides from gcc what bounds a number; the other presets keep these warnings.
    add_compile_options(
        $<$<C_COMPILER_ID:GNU>:-Wno-format-truncation> $<$<C_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
endif()
