# SPDX-License-Identifier: GPL-3.0-or-later
# cmake -DOUT=web_files.h -DFILES=a;b;c -P embed.cmake: the page's files as C arrays and their table.
set(type_html "text/html; charset=utf-8")
set(type_css "text/css; charset=utf-8")
set(type_js "text/javascript; charset=utf-8")
set(type_svg "image/svg+xml")

set(arrays "")
set(table "")
set(number 0)
foreach(file IN LISTS FILES)
    get_filename_component(name ${file} NAME)
    get_filename_component(kind ${file} LAST_EXT)
    string(SUBSTRING ${kind} 1 -1 kind)
    file(READ ${file} hex HEX)
    string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${hex}")
    string(REGEX REPLACE "(................................................................................)"
                         "\\1\n" bytes "${bytes}")
    string(APPEND arrays "static const unsigned char web_file_${number}[] = {\n${bytes}\n};\n")
    string(APPEND table
           "    {\"/${name}\", \"${type_${kind}}\", web_file_${number}, sizeof web_file_${number}},\n")
    math(EXPR number "${number} + 1")
endforeach()
file(WRITE ${OUT} "/* Made from io/web/page by embed.cmake. */\n${arrays}"
                  "static const myo_web_file web_files[] = {\n${table}};\n")
