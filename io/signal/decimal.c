/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads decimal numbers digit by digit, because strtod listens to the locale. */
#include "decimal.h"

#include <math.h>
#include <string.h>

enum {
    MAX_DIGITS = 19,    /* of a uint64_t */
    EXACT_POWER = 22,   /* 10^22 is the largest power of ten that a double holds exactly */
    MAX_EXPONENT = 1000 /* beyond is 0 or infinite anyhow */
};

typedef struct {
    const char *at, *end;
} cursor;

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\0' || c == '\r' || c == '\n';
}

static bool is_digit(const cursor *text)
{
    return text->at < text->end && *text->at >= '0' && *text->at <= '9';
}

static bool skip(cursor *text, char c)
{
    bool found = text->at < text->end && *text->at == c;
    text->at += found;
    return found;
}

/* Digits into mantissa; those beyond what it holds count as places only. */
static int digits_read(cursor *text, uint64_t *mantissa, int *used, int *dropped)
{
    int count = 0;
    for (; is_digit(text); text->at++, count++) {
        if (*used < MAX_DIGITS) {
            *mantissa = *mantissa * 10 + (uint64_t)(*text->at - '0');
            *used += *mantissa > 0;
        } else {
            (*dropped)++;
        }
    }
    return count;
}

static bool exponent_read(cursor *text, int *exponent)
{
    if (!skip(text, 'e') && !skip(text, 'E')) {
        return true;
    }
    bool negative = skip(text, '-');
    if (!negative) {
        (void)skip(text, '+');
    }
    int value = 0;
    if (!is_digit(text)) {
        return false;
    }
    for (; is_digit(text); text->at++) {
        value = value < MAX_EXPONENT ? value * 10 + (*text->at - '0') : value;
    }
    *exponent += negative ? -value : value;
    return true;
}

static double power_apply(double value, int exponent)
{
    for (; exponent > EXACT_POWER && isfinite(value) && value != 0.0; exponent -= EXACT_POWER) {
        value *= 1e22;
    }
    for (; exponent < -EXACT_POWER && value != 0.0; exponent += EXACT_POWER) {
        value /= 1e22;
    }
    double power = 1.0;
    for (int i = exponent < 0 ? -exponent : exponent; i > 0 && i <= EXACT_POWER; i--) {
        power *= 10.0;
    }
    return exponent < 0 ? value / power : value * power;
}

bool myo_decimal_read(const char *text, size_t size, bool comma, double *value)
{
    cursor at = {text, text + size};
    while (at.at < at.end && is_blank(*at.at)) {
        at.at++;
    }
    while (at.end > at.at && is_blank(at.end[-1])) {
        at.end--;
    }
    bool negative = skip(&at, '-');
    if (!negative) {
        (void)skip(&at, '+');
    }
    uint64_t mantissa = 0;
    int used = 0, dropped = 0, exponent = 0, places = 0;
    int count = digits_read(&at, &mantissa, &used, &dropped);
    exponent = dropped;
    if (skip(&at, '.') || (comma && skip(&at, ','))) {
        dropped = 0;
        places = digits_read(&at, &mantissa, &used, &dropped);
        exponent -= places - dropped;
    }
    if (count + places == 0 || !exponent_read(&at, &exponent) || at.at != at.end) {
        return false;
    }
    double result = power_apply((double)mantissa, exponent);
    *value = negative ? -result : result;
    return isfinite(result);
}

bool myo_decimal_whole(const char *text, size_t size, int64_t *value)
{
    double number = 0.0;
    if (memchr(text, 'e', size) != NULL || memchr(text, 'E', size) != NULL ||
        !myo_decimal_read(text, size, false, &number) || number != floor(number) ||
        fabs(number) >= 1e15) {
        return false;
    }
    *value = (int64_t)number;
    return true;
}
