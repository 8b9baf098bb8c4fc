/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Prints where the compiler puts the fields that python/myotwitch/_library.py mirrors. */
#include "myotwitch/pipeline.h"

#include <stdio.h>

#define FIELD(type, field)                                                                         \
    printf(#type " " #field " %zu %zu\n", offsetof(type, field), sizeof((type *)0)->field)

static void config_print(void)
{
    FIELD(myo_config, rate_hz);
    FIELD(myo_config, channels);
    FIELD(myo_config, profile);
    FIELD(myo_config, rail_low);
    FIELD(myo_config, rail_high);
    FIELD(myo_config, false_alarms_per_hour);
    FIELD(myo_config, measure_low_hz);
    FIELD(myo_config, measure_high_hz);
    FIELD(myo_config, detect_low_hz);
    FIELD(myo_config, detect_high_hz);
    FIELD(myo_config, ltr_max_ms);
    FIELD(myo_config, merge_gap_ms);
    FIELD(myo_config, refractory_ms);
    FIELD(myo_config, floor_window_s);
    FIELD(myo_config, arm_s);
    FIELD(myo_config, hum_cancel);
    FIELD(myo_config, blank_edges);
    FIELD(myo_config, cpu_mask);
}

static void event_print(void)
{
    FIELD(myo_event, id);
    FIELD(myo_event, type);
    FIELD(myo_event, stage);
    FIELD(myo_event, onset_frame);
    FIELD(myo_event, offset_frame);
    FIELD(myo_event, reported_frame);
    FIELD(myo_event, confirmed_frame);
    FIELD(myo_event, channel);
    FIELD(myo_event, channel_count);
    FIELD(myo_event, channel_mask);
    FIELD(myo_event, peak);
    FIELD(myo_event, snr_db);
    FIELD(myo_event, confidence);
    FIELD(myo_event, features);
    FIELD(myo_event, reasons);
}

static void summary_print(void)
{
    FIELD(myo_channel_summary, floor_rms);
    FIELD(myo_channel_summary, detect_floor_rms);
    FIELD(myo_channel_summary, hum_hz);
    FIELD(myo_channel_summary, hum_rms);
    FIELD(myo_channel_summary, saturated_frames);
    FIELD(myo_channel_summary, gap_frames);
    FIELD(myo_channel_summary, events);
    FIELD(myo_channel_summary, refusals);
}

int main(void)
{
    printf("myo_config size %zu 0\n", sizeof(myo_config));
    printf("myo_event size %zu 0\n", sizeof(myo_event));
    printf("myo_channel_summary size %zu 0\n", sizeof(myo_channel_summary));
    config_print();
    event_print();
    summary_print();
    return 0;
}
