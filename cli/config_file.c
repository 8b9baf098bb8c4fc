/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Configuration from a file of key=value lines. */
#include "config_file.h"

#include "options.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef enum { NUMBER, SWITCH, PASSED_OVER, NEEDLE_LIST } field_kind;

static const struct {
    const char *key;
    field_kind kind;
    size_t offset;
} fields[] = {
    {"rate_hz", PASSED_OVER, 0},
    {"channels", PASSED_OVER, 0},
    {"false_alarms_per_hour", NUMBER, offsetof(myo_config, false_alarms_per_hour)},
    {"measure_low_hz", NUMBER, offsetof(myo_config, measure_low_hz)},
    {"measure_high_hz", NUMBER, offsetof(myo_config, measure_high_hz)},
    {"detect_low_hz", NUMBER, offsetof(myo_config, detect_low_hz)},
    {"detect_high_hz", NUMBER, offsetof(myo_config, detect_high_hz)},
    {"ltr_max_ms", NUMBER, offsetof(myo_config, ltr_max_ms)},
    {"merge_gap_ms", NUMBER, offsetof(myo_config, merge_gap_ms)},
    {"refractory_ms", NUMBER, offsetof(myo_config, refractory_ms)},
    {"floor_window_s", NUMBER, offsetof(myo_config, floor_window_s)},
    {"arm_s", NUMBER, offsetof(myo_config, arm_s)},
    {"hum_cancel", SWITCH, offsetof(myo_config, hum_cancel)},
    {"blank_edges", SWITCH, offsetof(myo_config, blank_edges)},
    {"needle_channels", NEEDLE_LIST, 0},
};

enum { FIELDS = sizeof fields / sizeof fields[0] };

/* "0 2 5": columns of the recording. */
static bool needles_take(myo_config *config, const char *text)
{
    for (char *end = NULL;; text = end) {
        text += strspn(text, " ");
        if (*text == '\0') {
            return true;
        }
        unsigned long channel = strtoul(text, &end, 10);
        if (end == text || channel >= config->channels) {
            return false;
        }
        config->profile[channel] = MYO_PROFILE_NEEDLE;
    }
}

static bool field_take(myo_config *config, const char *key, const char *value)
{
    size_t f = 0;
    double number = 0.0;
    while (f < FIELDS && strcmp(fields[f].key, key) != 0) {
        f++;
    }
    if (f == FIELDS) {
        return false;
    }
    char *field = (char *)config + fields[f].offset;
    switch (fields[f].kind) {
    case PASSED_OVER:
        return true;
    case NEEDLE_LIST:
        return needles_take(config, value);
    case NUMBER:
        return options_number(value, (double *)(void *)field);
    case SWITCH:
        *(bool *)field = strcmp(value, "1") == 0;
        return options_number(value, &number) && (number == 0.0 || number == 1.0);
    }
    return false;
}

/* Splits "key=value" in place; false when there is no '='. */
static bool line_split(char *line, char **value)
{
    line[strcspn(line, "\r\n")] = '\0';
    *value = strchr(line, '=');
    if (*value == NULL) {
        return false;
    }
    *(*value)++ = '\0';
    return true;
}

myo_status config_file_read(const char *path, myo_config *config, myo_why *why)
{
    char line[2048];
    myo_status status = MYO_OK;
    FILE *file = fopen(path, "re");
    if (file == NULL) {
        return myo_why_set(why, MYO_ERR_OPEN, "%.180s: %s", path, strerror(errno));
    }
    for (int number = 1; status == MYO_OK && fgets(line, sizeof line, file) != NULL; number++) {
        char *value = NULL;
        if (line[0] == '#' || line[strspn(line, " \t\r\n")] == '\0') {
            continue;
        }
        if (!line_split(line, &value)) {
            status =
                myo_why_set(why, MYO_ERR_BAD_ARG, "%.180s line %d: not key=value", path, number);
        } else if (!field_take(config, line, value)) {
            status = myo_why_set(why, MYO_ERR_BAD_ARG, "%.120s line %d: '%.40s=%.40s' is not known",
                                 path, number, line, value);
        }
    }
    (void)fclose(file);
    return status;
}
