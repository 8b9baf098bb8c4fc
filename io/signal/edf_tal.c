/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Takes annotation lists apart. */
#include "edf_tal.h"

#include "decimal.h"

#include <math.h>
#include <string.h>

/* An annotation later than this many seconds (30 years) is no time of a recording. */
static const double latest_s = 1e9;

enum { DURATION = 0x15, TEXT = 0x14 };

static bool list_parse(const char *list, size_t size, edf_tal *tal)
{
    const char *texts = memchr(list, TEXT, size);
    if (texts == NULL || (list[0] != '+' && list[0] != '-')) {
        return false;
    }
    size_t head = (size_t)(texts - list);
    const char *duration = memchr(list, DURATION, head);
    if (duration != NULL) {
        size_t bytes = head - (size_t)(duration + 1 - list);
        if (!myo_decimal_read(duration + 1, bytes, false, &tal->duration_s) ||
            !(tal->duration_s >= 0.0 && tal->duration_s < latest_s)) {
            return false;
        }
        head = (size_t)(duration - list);
    }
    tal->texts = texts + 1;
    tal->texts_bytes = size - (size_t)(texts + 1 - list);
    return myo_decimal_read(list, head, false, &tal->onset_s) && fabs(tal->onset_s) < latest_s;
}

bool edf_tal_next(const char *bytes, size_t size, size_t *at, edf_tal *tal)
{
    while (*at < size && bytes[*at] == '\0') {
        (*at)++;
    }
    if (*at == size) {
        return false;
    }
    const char *list = bytes + *at;
    const char *end = memchr(list, '\0', size - *at);
    size_t length = end == NULL ? size - *at : (size_t)(end - list);
    *tal = (edf_tal){0};
    tal->is_valid = list_parse(list, length, tal);
    *at += length;
    return true;
}

bool edf_tal_text(const edf_tal *tal, size_t *at, char *text, size_t size)
{
    while (*at < tal->texts_bytes) {
        const char *from = tal->texts + *at;
        size_t rest = tal->texts_bytes - *at;
        const char *end = memchr(from, TEXT, rest);
        size_t length = end == NULL ? rest : (size_t)(end - from);
        *at += length + (end != NULL);
        if (length > 0) {
            size_t kept = length < size ? length : size - 1;
            memcpy(text, from, kept);
            text[kept] = '\0';
            return true;
        }
    }
    return false;
}
