# SPDX-License-Identifier: GPL-3.0-or-later
# Libraries of live sessions and of audio files: their headers are used, they themselves are loaded when
# they are needed (io/signal/late.h), under the name that the linker would have written down.

# myo_late(NAME PREFIX LIBRARY): the interface target NAME with the headers of the pkg-config module
# PREFIX, and MYO_LATE_PREFIX, the name of the shared library, for those that load it.
function(myo_late name prefix library)
    find_library(${prefix}_SHARED NAMES ${library} HINTS ${${prefix}_LIBRARY_DIRS} REQUIRED)
    execute_process(COMMAND ${CMAKE_OBJDUMP} -p ${${prefix}_SHARED} OUTPUT_VARIABLE header ERROR_QUIET)
    string(REGEX MATCH "SONAME +([^ \n]+)" found "${header}")
    if(NOT found)
        message(FATAL_ERROR "${${prefix}_SHARED} tells no name (objdump -p)")
    endif()
    add_library(${name} INTERFACE)
    target_include_directories(${name} SYSTEM INTERFACE ${${prefix}_INCLUDE_DIRS})
    target_compile_definitions(${name} INTERFACE MYO_LATE_${prefix}="${CMAKE_MATCH_1}")
    target_link_libraries(${name} INTERFACE ${CMAKE_DL_LIBS})
endfunction()

myo_late(myo_late_portaudio PORTAUDIO portaudio)
myo_late(myo_late_sndfile SNDFILE sndfile)
myo_late(myo_late_websockets WEBSOCKETS websockets)
