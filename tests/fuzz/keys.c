/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files of key=value lines: a calibration, and a configuration of the detector. */
#include "fuzz.h"

#include "config_file.h"

#include "live/calibration.h"

#include <math.h>
#include <string.h>

/* What was read can be written, and comes back as it was. */
static void written_is_readable(const myo_calibration *calibration)
{
    myo_calibration again;
    myo_why why = {{0}};
    FUZZ_MUST(myo_calibration_write("again.txt", true, calibration, &why) == MYO_OK);
    FUZZ_MUST(myo_calibration_read("again.txt", &again, &why) == MYO_OK);
    FUZZ_MUST(again.kind == calibration->kind && strcmp(again.device, calibration->device) == 0);
    FUZZ_MUST(fabs(again.full_scale_uv / calibration->full_scale_uv - 1.0) < 1e-8);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const name = "keys.txt";
    myo_calibration calibration;
    myo_config config;
    myo_why why = {{0}};
    char line[256];
    fuzz_files_write(&name, 1, data, size);
    if (myo_calibration_read(name, &calibration, &why) == MYO_OK) {
        FUZZ_MUST(isfinite(calibration.full_scale_uv) && calibration.full_scale_uv > 0.0);
        FUZZ_MUST(memchr(calibration.device, 0, sizeof calibration.device) != NULL);
        written_is_readable(&calibration);
        myo_calibration_print(&calibration, line, sizeof line);
    } else {
        FUZZ_MUST(why.text[0] != '\0');
    }
    why.text[0] = '\0';
    myo_config_default(&config, 2000.0, 3);
    if (config_file_read(name, &config, &why) == MYO_OK) {
        FUZZ_MUST(config.channels == 3 && config.rate_hz == 2000.0);
        (void)myo_config_check(&config, NULL);
    } else {
        FUZZ_MUST(why.text[0] != '\0');
    }
    return 0;
}
