/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A growing text, and a short list of complaints about an input. */
#ifndef MYOTWITCH_STRING_H
#define MYOTWITCH_STRING_H

#include "myotwitch/api.h"

MYO_BEGIN

/** Zero-initialise. After a failed allocation @p failed is set and nothing more is added. */
typedef struct {
    char *data; /**< NUL-terminated; NULL while nothing was added */
    size_t length;
    size_t room;
    bool failed;
} myo_string;

#if defined(__GNUC__)
#define MYO_PRINTF(at, first) __attribute__((format(printf, at, first)))
#else
#define MYO_PRINTF(at, first)
#endif

/** Adds formatted text. */
MYO_API MYO_PRINTF(2, 3) void myo_string_add(myo_string *text, const char *format, ...);

/** Adds @p string as a JSON string, quoted and escaped; NULL adds null. */
MYO_API void myo_string_add_json(myo_string *text, const char *string);

/** Adds a number as JSON has it, up to ten significant digits; not finite adds null. */
MYO_API void myo_string_add_number(myo_string *text, double value);

MYO_API void myo_string_free(myo_string *text);

#define MYO_ISSUES_MAX 64

/** What is wrong with an input, each as "file:line:column: text", at most MYO_ISSUES_MAX kept. */
typedef struct {
    size_t count; /**< how many there were, kept or not */
    char text[MYO_ISSUES_MAX][256];
} myo_issues;

MYO_END
#endif
