/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Words that every output uses for quality. */
#include "sink.h"

#include <stdio.h>

const char *myo_absence_name(myo_absence absence)
{
    static const char *const names[] = {"assessed", "partly_assessed", "not_assessed"};
    return (size_t)absence < 3 ? names[absence] : "unknown";
}

void myo_quality_reasons_print(uint32_t bits, char *text, size_t size)
{
    size_t used = 0;
    text[0] = '\0';
    for (uint32_t bit = 1; bit != 0 && bit <= bits; bit <<= 1) {
        if ((bits & bit) && used < size) {
            used += (size_t)snprintf(text + used, size - used, "%s%s", used > 0 ? "; " : "",
                                     myo_quality_reason_text(bit));
        }
    }
}
