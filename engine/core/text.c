/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Plain text output for places where stdio has no business. */
#include "core/text.h"

#include <math.h>

static void put_char(myo_text *out, char c)
{
    if (out->length + 1 < out->size) {
        out->text[out->length] = c;
        out->text[out->length + 1] = '\0';
    }
    out->length++;
}

void myo_text_put(myo_text *out, const char *string)
{
    for (; *string != '\0'; string++) {
        put_char(out, *string);
    }
}

static void put_integer(myo_text *out, uint64_t value, int least_digits)
{
    char digits[24];
    int count = 0;
    do {
        digits[count++] = (char)('0' + value % 10);
        value /= 10;
    } while (value != 0 || count < least_digits);
    while (count > 0) {
        put_char(out, digits[--count]);
    }
}

void myo_text_number(myo_text *out, double value)
{
    if (value < 0.0) {
        put_char(out, '-');
        value = -value;
    }
    uint64_t micros = (uint64_t)floor(value * 1e6 + 0.5);
    put_integer(out, micros / 1000000, 1);
    micros %= 1000000;
    if (micros == 0) {
        return;
    }
    int digits = 6;
    while (micros % 10 == 0) {
        micros /= 10;
        digits--;
    }
    put_char(out, '.');
    put_integer(out, micros, digits);
}

void myo_text_key_number(myo_text *out, const char *key, double value)
{
    myo_text_put(out, key);
    myo_text_put(out, "=");
    myo_text_number(out, value);
    myo_text_put(out, "\n");
}
