/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reasons of refusals, and remarks. */
#include "why.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

myo_status myo_why_set(myo_why *why, myo_status status, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(why->text, sizeof why->text, format, arguments);
    va_end(arguments);
    return status;
}

void myo_note_add(char *note, size_t size, const char *format, ...)
{
    size_t used = strlen(note);
    va_list arguments;
    if (used > 0 && used + 2 < size) {
        memcpy(note + used, "; ", 3);
        used += 2;
    }
    va_start(arguments, format);
    (void)vsnprintf(note + used, size - used, format, arguments);
    va_end(arguments);
}
