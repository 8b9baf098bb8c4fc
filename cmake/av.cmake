# SPDX-License-Identifier: GPL-3.0-or-later
# myo_av: the headers of FFmpeg's libraries. The libraries themselves are loaded when a cine is read
# (io/cine/av.h says why), so that nothing is linked but the loader.
pkg_check_modules(AV REQUIRED libavdevice libavformat libavcodec libavutil)
add_library(myo_av INTERFACE)
target_include_directories(myo_av SYSTEM INTERFACE ${AV_INCLUDE_DIRS})
target_link_libraries(myo_av INTERFACE ${CMAKE_DL_LIBS})
