/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Defaults, ranges, text and hash of the configuration. */
#include "myotwitch/pipeline.h"

#include "core/cpu.h"
#include "core/text.h"

#include <math.h>
#include <string.h>

/* One number of the configuration: name, place, range. */
typedef struct {
    const char *name;
    size_t offset;
    double low, high;
} number_field;

#define FIELD(name, low, high)                                                                     \
    {                                                                                              \
#name, offsetof(myo_config, name), low, high                                               \
    }

static const number_field fields[] = {
    FIELD(rate_hz, 500.0, 100000.0),
    FIELD(false_alarms_per_hour, 0.01, 3600.0),
    FIELD(measure_low_hz, 1.0, 45000.0),
    FIELD(measure_high_hz, 10.0, 45000.0),
    FIELD(detect_low_hz, 1.0, 45000.0),
    FIELD(detect_high_hz, 10.0, 45000.0),
    FIELD(ltr_max_ms, 50.0, 2000.0),
    FIELD(merge_gap_ms, 5.0, 200.0),
    FIELD(refractory_ms, 0.0, 1000.0),
    FIELD(floor_window_s, 2.0, 60.0),
    FIELD(arm_s, 0.5, 10.0),
};

enum { FIELD_COUNT = sizeof fields / sizeof fields[0] };

static double number_at(const myo_config *config, const number_field *field)
{
    double value;
    memcpy(&value, (const char *)config + field->offset, sizeof value);
    return value;
}

void myo_config_default(myo_config *config, double rate_hz, uint32_t channels)
{
    memset(config, 0, sizeof *config);
    config->rate_hz = rate_hz;
    config->channels = channels;
    config->false_alarms_per_hour = 1.0;
    config->measure_low_hz = 20.0;
    config->measure_high_hz = 450.0;
    config->detect_low_hz = 60.0;
    config->detect_high_hz = 300.0;
    config->ltr_max_ms = 400.0;
    config->merge_gap_ms = 30.0;
    config->refractory_ms = 150.0;
    config->floor_window_s = 8.0;
    config->arm_s = 2.0;
    config->hum_cancel = true;
    config->blank_edges = true;
    config->cpu_mask = MYO_CPU_ALL;
}

myo_status myo_config_check(const myo_config *config, const char **where)
{
    const char *bad = NULL;
    for (size_t i = 0; i < FIELD_COUNT && bad == NULL; i++) {
        const double value = number_at(config, &fields[i]);
        if (!(value >= fields[i].low && value <= fields[i].high)) {
            bad = fields[i].name;
        }
    }
    if (bad == NULL && (config->channels < 1 || config->channels > MYO_MAX_CHANNELS)) {
        bad = "channels";
    }
    if (bad == NULL && config->measure_low_hz >= config->measure_high_hz) {
        bad = "measure_high_hz";
    }
    if (bad == NULL && config->detect_low_hz >= config->detect_high_hz) {
        bad = "detect_high_hz";
    }
    for (uint32_t c = 0; bad == NULL && c < config->channels; c++) {
        bad = config->profile[c] > MYO_PROFILE_NEEDLE ? "profile" : NULL;
    }
    if (bad != NULL && where != NULL) {
        *where = bad;
    }
    return bad == NULL ? MYO_OK : MYO_ERR_BAD_ARG;
}

myo_status myo_config_set_cpu(myo_config *config, const char *list)
{
    return myo_cpu_from_name(list, &config->cpu_mask);
}

size_t myo_config_print(const myo_config *config, char *text, size_t size)
{
    myo_text out = {text, size, 0};
    for (size_t i = 0; i < FIELD_COUNT; i++) {
        myo_text_key_number(&out, fields[i].name, number_at(config, &fields[i]));
    }
    myo_text_key_number(&out, "channels", config->channels);
    myo_text_key_number(&out, "hum_cancel", config->hum_cancel);
    myo_text_key_number(&out, "blank_edges", config->blank_edges);
    myo_text_put(&out, "needle_channels=");
    for (uint32_t c = 0; c < config->channels; c++) {
        if (config->profile[c] == MYO_PROFILE_NEEDLE) {
            myo_text_number(&out, c);
            myo_text_put(&out, " ");
        }
    }
    myo_text_put(&out, "\n");
    return out.length;
}

/* FNV-1a, 64 bit (Fowler, Noll, Vo): offset basis and prime as published. */
uint64_t myo_config_hash(const myo_config *config)
{
    char text[2048];
    const size_t length = myo_config_print(config, text, sizeof text);
    const size_t kept = length < sizeof text ? length : sizeof text - 1;
    uint64_t hash = 0xcbf29ce484222325u;
    for (size_t i = 0; i < kept; i++) {
        hash = (hash ^ (unsigned char)text[i]) * 0x100000001b3u;
    }
    return hash;
}
