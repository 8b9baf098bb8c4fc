/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reasons of refusals. */
#include "why.h"

#include <stdarg.h>
#include <stdio.h>

myo_status myo_why_set(myo_why *why, myo_status status, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(why->text, sizeof why->text, format, arguments);
    va_end(arguments);
    return status;
}
