/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Text into a bounded buffer, without the locale and without stdio. */
#ifndef MYO_CORE_TEXT_H
#define MYO_CORE_TEXT_H

#include "myotwitch/api.h"

/** A buffer that is filled up; @p length goes on counting past its end. */
typedef struct {
    char *text;
    size_t size;
    size_t length;
} myo_text;

void myo_text_put(myo_text *out, const char *string);

/** Decimal with up to six digits behind the point, trailing zeros left out; magnitudes below 1e12. */
void myo_text_number(myo_text *out, double value);

/** "key=value\n". */
void myo_text_key_number(myo_text *out, const char *key, double value);

#endif
