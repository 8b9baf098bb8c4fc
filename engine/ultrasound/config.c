/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Defaults and ranges of the configuration, names of features and reasons. */
#include "myotwitch/ultrasound.h"

#include "core/cpu.h"

#include <math.h>

void myo_ultrasound_config_default(myo_ultrasound_config *config, uint32_t width, uint32_t height,
                                   double rate_hz)
{
    *config = (myo_ultrasound_config){
        .width = width,
        .height = height,
        .rate_hz = rate_hz,
        .step = width == 1 ? 16 : 32,
        .needle_deg = (double)NAN,
        .needle_mm = 3.0,
        .on = 4.5,
        .off = 3.0,
        .rest_s = 0.4,
        .spread_s = 2.0,
        .floor_px = 0.03,
        .arm_s = 0.5,
        .collect_s = 0.6,
        .refractory_s = 0.15,
        .ltr_area = 0.35,
        .wide_area = 0.4,
        .ltr_return = 0.4,
        .return_s = 0.5,
        .ltr_rise_s = 0.25,
        .repeat = 0.5,
        .needle_follow = 0.6,
        .blind_change = 0.6,
        .blind_focus = 0.65,
        .blind_fit = 0.4,
        .frozen_s = 0.3,
        .cpu_mask = MYO_CPU_ALL,
    };
}

typedef struct {
    const char *name;
    double value, low, high;
} range;

#define RANGE(field, low, high)                                                                    \
    {                                                                                              \
#field, (double)config->field, low, high                                                   \
    }

myo_status myo_ultrasound_config_check(const myo_ultrasound_config *config, const char **where)
{
    const bool iq = config->carrier != 0.0, lines = config->width == 1 || iq;
    const range ranges[] = {
        RANGE(width, lines ? 1 : MYO_TRACKER_TILE, 4096),
        RANGE(height, MYO_TRACKER_TILE + 2 * lines, lines ? 65536 : 4096),
        RANGE(rate_hz, 1.0, 20000.0),
        RANGE(mm_per_px, 0.0, 10.0),
        RANGE(step, 8, 64),
        RANGE(carrier, iq ? 0.01 : 0.0, 4.0),
        RANGE(needle_mm, 0.0, 50.0),
        RANGE(off, 0.5, 100.0),
        RANGE(on, config->off, 100.0),
        RANGE(rest_s, 0.05, 5.0),
        RANGE(spread_s, config->rest_s, 5.0),
        RANGE(floor_px, 0.001, 10.0),
        RANGE(arm_s, 0.1, 60.0),
        RANGE(collect_s, 0.1, 3.0),
        RANGE(refractory_s, 0.0, 5.0),
        RANGE(ltr_area, 0.0, 1.0),
        RANGE(wide_area, config->ltr_area, 1.0),
        RANGE(ltr_return, 0.0, 1.0),
        RANGE(return_s, 0.05, 3.0),
        RANGE(ltr_rise_s, 0.01, 3.0),
        RANGE(repeat, 0.0, 1.0),
        RANGE(needle_follow, 0.0, 1.0),
        RANGE(blind_change, 0.0, 1.0),
        RANGE(blind_focus, 0.0, 1.0),
        RANGE(blind_fit, 0.0, 1.0),
        RANGE(frozen_s, 0.0, 60.0),
    };
    for (size_t i = 0; i < sizeof ranges / sizeof ranges[0]; i++) {
        if (!(ranges[i].value >= ranges[i].low && ranges[i].value <= ranges[i].high)) {
            if (where) {
                *where = ranges[i].name;
            }
            return MYO_ERR_BAD_ARG;
        }
    }
    return MYO_OK;
}

const char *myo_motion_feature_name(myo_motion_feature feature)
{
    static const char *const names[MYO_MOTION_FEATURE_COUNT] = {
        [MYO_MOTION_PEAK] = "peak_mm",
        [MYO_MOTION_SPEED] = "speed_mm_s",
        [MYO_MOTION_RISE_MS] = "rise_ms",
        [MYO_MOTION_HALF_MS] = "half_ms",
        [MYO_MOTION_RETURN] = "return",
        [MYO_MOTION_DURATION_MS] = "duration_ms",
        [MYO_MOTION_AREA] = "area",
        [MYO_MOTION_ANISOTROPY] = "anisotropy",
        [MYO_MOTION_STRENGTH] = "strength",
        [MYO_MOTION_REPEAT_HZ] = "repeat_hz",
        [MYO_MOTION_REPEAT] = "repeat",
        [MYO_MOTION_NEEDLE] = "needle",
        [MYO_MOTION_NEEDLE_AWAY] = "needle_away_mm",
        [MYO_MOTION_PROBE] = "probe",
    };
    return (unsigned)feature < MYO_MOTION_FEATURE_COUNT ? names[feature] : "unknown";
}

const char *myo_motion_reason_text(myo_motion_reason reason)
{
    static const char *const texts[MYO_MOTION_REASON_COUNT] = {
        [MYO_MOTION_BIPHASIC] = "goes and returns like a twitch",
        [MYO_MOTION_LOCAL] = "a small part of the image",
        [MYO_MOTION_WIDE] = "a large part of the image",
        [MYO_MOTION_NO_RETURN] = "stays where it went",
        [MYO_MOTION_TOO_LONG] = "lasts longer than a twitch",
        [MYO_MOTION_WITH_NEEDLE] = "follows the needle's strokes",
        [MYO_MOTION_PULSE_RHYTHM] = "repeats like a pulse",
        [MYO_MOTION_TREMOR_RHYTHM] = "repeats like a tremor",
        [MYO_MOTION_PROBE_MOVED] = "the probe moved as fast",
        [MYO_MOTION_WEAK] = "close to the threshold",
        [MYO_MOTION_FEW_IMAGES] = "few images while it lasted",
        [MYO_MOTION_CUT_OFF] = "cut off before it was over",
        [MYO_MOTION_BLIND_CHANGE] = "the images do not resemble each other",
        [MYO_MOTION_BLIND_FOCUS] = "the image lost its sharpness",
        [MYO_MOTION_BLIND_FIT] = "no common motion explains the image",
        [MYO_MOTION_BLIND_FROZEN] = "the image stands still",
        [MYO_MOTION_BLIND_TIME] = "the time of the images is not known or went back",
        [MYO_MOTION_BLIND_ALIAS] = "faster than can be followed",
    };
    return (unsigned)reason < MYO_MOTION_REASON_COUNT ? texts[reason] : "unknown";
}
