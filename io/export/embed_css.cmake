# SPDX-License-Identifier: GPL-3.0-or-later
# cmake -DOUT=report_css.h -DCSS=report.css -P embed_css.cmake: the style sheet as a C array.
file(READ "${CSS}" hex HEX)
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${hex}")
string(REGEX REPLACE "(................................................................................)"
                     "\\1\n" bytes "${bytes}")
file(WRITE "${OUT}" "/* Made from report.css by embed_css.cmake. */\n"
                    "static const unsigned char report_css[] = {\n${bytes}\n};\n")
