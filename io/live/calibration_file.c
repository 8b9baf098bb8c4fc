/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The file of a calibration: "key=value" lines. */
#include "live/calibration.h"

#include "export/json.h"
#include "export/outfile.h"
#include "signal/decimal.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static const char *const kinds[] = {"sine", "step"};

static const struct {
    const char *key;
    size_t offset;
} numbers[] = {
    {"full_scale_uv", offsetof(myo_calibration, full_scale_uv)},
    {"known_uv", offsetof(myo_calibration, known_uv)},
    {"hz", offsetof(myo_calibration, hz)},
    {"rate_hz", offsetof(myo_calibration, rate_hz)},
    {"doubt", offsetof(myo_calibration, doubt)},
};

enum { NUMBERS = sizeof numbers / sizeof numbers[0] };

myo_status myo_calibration_write(const char *path, bool replace, const myo_calibration *calibration,
                                 myo_why *why)
{
    myo_outfile *file = NULL;
    const myo_status status = myo_outfile_open(path, replace, &file, why);
    if (status != MYO_OK) {
        return status;
    }
    FILE *out = myo_outfile_stream(file);
    fprintf(out, "# myotwitch calibration\nkind=%s\n", kinds[calibration->kind]);
    for (size_t n = 0; n < NUMBERS; n++) {
        char text[64];
        const char *field = (const char *)calibration + numbers[n].offset;
        (void)myo_number_print(text, sizeof text, *(const double *)(const void *)field, 9);
        fprintf(out, "%s=%s\n", numbers[n].key, text);
    }
    fprintf(out, "device=%s\n", calibration->device);
    return myo_outfile_commit(file, why);
}

/* False when the line is none of ours or its value makes no sense. */
static bool line_take(myo_calibration *calibration, char *line)
{
    line[strcspn(line, "\r\n")] = '\0';
    char *value = strchr(line, '=');
    if (value == NULL) {
        return line[0] == '#' || line[0] == '\0';
    }
    *value++ = '\0';
    if (strcmp(line, "device") == 0) {
        (void)snprintf(calibration->device, sizeof calibration->device, "%s", value);
        return true;
    }
    if (strcmp(line, "kind") == 0) {
        calibration->kind =
            strcmp(value, kinds[MYO_CALIBRATE_STEP]) == 0 ? MYO_CALIBRATE_STEP : MYO_CALIBRATE_SINE;
        return strcmp(value, kinds[calibration->kind]) == 0;
    }
    for (size_t n = 0; n < NUMBERS; n++) {
        if (strcmp(line, numbers[n].key) == 0) {
            char *field = (char *)calibration + numbers[n].offset;
            return myo_decimal_read(value, strlen(value), false, (double *)(void *)field);
        }
    }
    return false;
}

myo_status myo_calibration_read(const char *path, myo_calibration *calibration, myo_why *why)
{
    char line[256];
    *calibration = (myo_calibration){0};
    FILE *file = fopen(path, "re");
    if (file == NULL) {
        return myo_why_set(why, MYO_ERR_OPEN, "%.180s: %s", path, strerror(errno));
    }
    int bad = 0;
    for (int number = 1; bad == 0 && fgets(line, sizeof line, file) != NULL; number++) {
        bad = line_take(calibration, line) ? 0 : number;
    }
    (void)fclose(file);
    if (bad > 0) {
        return myo_why_set(why, MYO_ERR_FORMAT, "%.180s line %d: no calibration", path, bad);
    }
    const bool ok = calibration->full_scale_uv >= 1e-6 && calibration->full_scale_uv <= 1e12;
    return ok ? MYO_OK
              : myo_why_set(why, MYO_ERR_FORMAT, "%.180s: no full_scale_uv of 1e-6 to 1e12", path);
}

void myo_calibration_print(const myo_calibration *calibration, char *text, size_t size)
{
    char full[64], known[64], hz[64];
    (void)myo_number_print(full, sizeof full, calibration->full_scale_uv, 6);
    (void)myo_number_print(known, sizeof known, calibration->known_uv, 6);
    (void)myo_number_print(hz, sizeof hz, calibration->hz, 4);
    (void)snprintf(text, size, "full scale %s uV, by a %s of %s uV (%s Hz) on %s", full,
                   kinds[calibration->kind], known, hz, calibration->device);
}
