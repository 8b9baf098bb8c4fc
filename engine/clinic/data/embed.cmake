# SPDX-License-Identifier: GPL-3.0-or-later
# cmake -DOUT=file.c -DFILES=a;b -P embed.cmake: the data files as C arrays. CMake alone does it,
# so the build needs no further tool.
set(code "/* Made from the files of engine/clinic/data by embed.cmake. */\n#include \"myotwitch/clinic.h\"\n\n")
set(table "")
set(count 0)
foreach(file ${FILES})
    file(READ "${file}" hex HEX)
    string(LENGTH "${hex}" digits)
    math(EXPR size "${digits} / 2")
    string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${hex}")
    # Lines of sensible length: 20 bytes of five characters each.
    string(REGEX REPLACE "(................................................................................)" "\\1\n" bytes "${bytes}")
    get_filename_component(name "${file}" NAME)
    string(APPEND code "static const unsigned char data_${count}[] = {\n${bytes}\n};\n")
    string(APPEND table "    {\"${name}\", (const char *)data_${count}, ${size}},\n")
    math(EXPR count "${count} + 1")
endforeach()
string(APPEND code "\nstatic const myo_source_text texts[] = {\n${table}};\n\n"
       "const myo_source_text *myo_clinic_shipped(size_t *count)\n{\n    *count = ${count};\n    return texts;\n}\n")
file(WRITE "${OUT}" "${code}")
