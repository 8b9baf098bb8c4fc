/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is well-formed UTF-8. */
#include "utf8.h"

#include <stdbool.h>
#include <string.h>

size_t myo_utf8_length(const char *text)
{
    const unsigned char *s = (const unsigned char *)text;
    if (s[0] < 0x80) {
        return 1;
    }
    size_t length = s[0] >= 0xC2 && s[0] <= 0xDF   ? 2
                    : s[0] >= 0xE0 && s[0] <= 0xEF ? 3
                    : s[0] >= 0xF0 && s[0] <= 0xF4 ? 4
                                                   : 0;
    for (size_t i = 1; i < length; i++) {
        if ((s[i] & 0xC0) != 0x80) {
            return 0;
        }
    }
    bool overlong = (s[0] == 0xE0 && s[1] < 0xA0) || (s[0] == 0xF0 && s[1] < 0x90);
    bool surrogate = s[0] == 0xED && s[1] > 0x9F;
    bool too_large = s[0] == 0xF4 && s[1] > 0x8F;
    return overlong || surrogate || too_large ? 0 : length;
}

/* Bytes that a letter with this first one has; 1 where there is no such letter. */
static size_t letter_bytes(unsigned char first)
{
    return first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : first >= 0xC0 ? 2 : 1;
}

/* Whether @p text is the beginning of a letter and nothing else. */
static bool is_cut_off(const char *text)
{
    const size_t left = strlen(text);
    for (size_t i = 1; i < left; i++) {
        if (((unsigned char)text[i] & 0xC0) != 0x80) {
            return false;
        }
    }
    return left < letter_bytes((unsigned char)text[0]);
}

void myo_utf8_clean(char *text)
{
    while (*text != '\0') {
        const size_t length = myo_utf8_length(text);
        if (length == 0) {
            *text = is_cut_off(text) ? '\0' : '?';
        }
        text += length != 0 ? length : *text != '\0';
    }
}
