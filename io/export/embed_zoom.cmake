# SPDX-License-Identifier: GPL-3.0-or-later
# cmake -DOUT=report_zoom_script.h -DLIBRARY=dygraph.min.js -DSTYLE=dygraph.min.css -DSCRIPT=report_zoom.js
#       -P embed_zoom.cmake
# The report's one script and its style as C arrays, and the script's SHA-256 as a content security policy
# names it. What names a file beside the library is left out: there is none on the page.
function(embed name text)
    string(HEX "${text}" hex)
    string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${hex}")
    string(REGEX REPLACE "(................................................................................)"
                         "\\1\n" bytes "${bytes}")
    file(APPEND "${OUT}" "static const unsigned char ${name}[] = {\n${bytes}\n};\n")
endfunction()

# Base64 of 32 bytes in hexadecimal: three digits are two letters, the last one is a letter and a sign.
function(base64 hex out)
    set(letters "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
    set(text "")
    foreach(at RANGE 0 60 3)
        string(SUBSTRING "${hex}" ${at} 3 digits)
        math(EXPR first "0x${digits} >> 6")
        math(EXPR second "0x${digits} & 63")
        foreach(place ${first} ${second})
            string(SUBSTRING "${letters}" ${place} 1 letter)
            string(APPEND text "${letter}")
        endforeach()
    endforeach()
    string(SUBSTRING "${hex}" 63 1 digits)
    math(EXPR place "0x${digits} << 2")
    string(SUBSTRING "${letters}" ${place} 1 letter)
    set(${out} "${text}${letter}=" PARENT_SCOPE)
endfunction()

file(READ "${LIBRARY}" library)
file(READ "${STYLE}" style)
file(READ "${SCRIPT}" script)
string(REGEX REPLACE "//# sourceMappingURL=[^\n]*" "" library "${library}")
string(REGEX REPLACE "/[*]# sourceMappingURL=[^*]*[*]/" "" style "${style}")
set(whole "${library}\n${script}")
string(FIND "${whole}" "</script" closes)
if(NOT closes EQUAL -1)
    message(FATAL_ERROR "the script would end the page's element")
endif()
string(SHA256 hash "${whole}")
base64(${hash} hash)
file(WRITE "${OUT}" "/* Made by embed_zoom.cmake. */\n"
                    "static const char report_zoom_hash[] = \"sha256-${hash}\";\n")
embed(report_zoom_script "${whole}")
embed(report_zoom_style "${style}")
