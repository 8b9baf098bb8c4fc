/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writes JSON, one value after the other, in the order of the calls. The same calls give the same
 * bytes in every locale. Write errors show in ferror(out). Not for several threads at once.
 *
 * @code
 * myo_json json;
 * myo_json_start(&json, stdout);
 * myo_json_object(&json, NULL);
 * myo_json_string(&json, "type", "ltr");
 * myo_json_end(&json);
 * myo_json_line(&json);
 * @endcode
 */
#ifndef MYO_IO_JSON_H
#define MYO_IO_JSON_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/** Deepest nesting of objects and arrays. */
#define MYO_JSON_MAX_DEPTH 32

/** Private. */
typedef struct {
    FILE *out;
    unsigned depth;
    bool has_item[MYO_JSON_MAX_DEPTH + 1];
    bool is_array[MYO_JSON_MAX_DEPTH + 1];
} myo_json;

/** @p out is borrowed until the last call. */
void myo_json_start(myo_json *json, FILE *out);

/** Opens an object or array; @p key is NULL at the top and inside arrays, here and below. */
void myo_json_object(myo_json *json, const char *key);
void myo_json_array(myo_json *json, const char *key);

/** Closes the innermost object or array. */
void myo_json_end(myo_json *json);

/** Text; bytes that are not UTF-8 become U+FFFD. */
void myo_json_string(myo_json *json, const char *key, const char *text);
void myo_json_integer(myo_json *json, const char *key, int64_t value);
void myo_json_bool(myo_json *json, const char *key, bool value);

/** A number with @p digits (1 to 17) significant digits; null if it is not finite. */
void myo_json_number(myo_json *json, const char *key, double value, int digits);

/** A number with @p decimals (0 to 9) digits after the point; null if it is not finite. */
void myo_json_fixed(myo_json *json, const char *key, double value, int decimals);

/** Ends the line after a top-level value and makes ready for the next. */
void myo_json_line(myo_json *json);

/** printf("%.*g") and ("%.*f") with a point in every locale; returns the length. @p size of at
 *  least 64 holds every number below 1e40. */
int myo_number_print(char *text, size_t size, double value, int digits);
int myo_fixed_print(char *text, size_t size, double value, int decimals);

#endif
