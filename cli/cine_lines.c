/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What ultrasound says as JSON Lines. */
#include "cine_lines.h"

#include "myotwitch/version.h"

#include <math.h>
#include <string.h>

enum { VALUE_DIGITS = 5 };

static void features_write(myo_json *json, double mm_per_px, const myo_motion_event *event)
{
    static const char *const in_px[] = {
        [MYO_MOTION_PEAK] = "peak_px", [MYO_MOTION_SPEED] = "speed_px_s"};
    myo_json_object(json, "features");
    for (int f = 0; event->type != MYO_EVENT_GAP && f < MYO_MOTION_FEATURE_COUNT; f++) {
        const bool px = mm_per_px <= 0.0 && f <= MYO_MOTION_SPEED;
        const char *name = px ? in_px[f] : myo_motion_feature_name((myo_motion_feature)f);
        if (f != MYO_MOTION_NEEDLE_AWAY || event->features[f] >= 0.0) {
            myo_json_number(json, name, event->features[f], VALUE_DIGITS);
        }
    }
    myo_json_end(json);
    myo_json_array(json, "reasons");
    for (int r = 0; r < MYO_MOTION_REASON_COUNT; r++) {
        if (event->reasons & 1u << r) {
            myo_json_string(json, NULL, myo_motion_reason_text((myo_motion_reason)r));
        }
    }
    myo_json_end(json);
}

void cine_lines_event(myo_json *json, const cine_lines_scale *scale, const myo_motion_event *event,
                      const char *seen_by, double emg_onset_s)
{
    const double mm = scale->mm_per_px, offset = scale->offset_s;
    myo_json_object(json, NULL);
    myo_json_string(json, "schema", "myotwitch.event/1");
    myo_json_string(json, "type", myo_event_type_name(event->type));
    myo_json_string(json, "modality", "ultrasound");
    myo_json_fixed(json, "onset_s", event->onset_s + offset, 6);
    myo_json_fixed(json, "offset_s", event->offset_s + offset, 6);
    myo_json_fixed(json, "reported_s", event->reported_s + offset, 6);
    myo_json_fixed(json, "confirmed_s", event->confirmed_s + offset, 6);
    myo_json_fixed(json, "cine_s", event->onset_s, 6);
    myo_json_fixed(json, "interval_s", event->interval_s, 6);
    if (event->type != MYO_EVENT_GAP && mm > 0.0) {
        myo_json_number(json, "peak_mm", event->features[MYO_MOTION_PEAK], VALUE_DIGITS);
    }
    if (event->type != MYO_EVENT_GAP) {
        const bool x_mm = mm > 0.0 && !scale->lines;
        const char *x = scale->lines ? "line" : x_mm ? "x_mm" : "x_px";
        myo_json_fixed(json, x, event->x_px * (x_mm ? mm : 1.0), 2);
        myo_json_fixed(json, mm > 0.0 ? "y_mm" : "y_px", event->y_px * (mm > 0.0 ? mm : 1.0), 2);
    }
    myo_json_fixed(json, "confidence", event->confidence, 3);
    if (seen_by != NULL) {
        myo_json_string(json, "seen_by", seen_by);
    }
    if (isfinite(emg_onset_s)) {
        myo_json_fixed(json, "emg_onset_s", emg_onset_s, 6);
    }
    features_write(json, mm, event);
    myo_json_string(json, "provenance", "auto");
    myo_json_string(json, "detector", MYO_ULTRASOUND_DETECTOR);
    myo_json_end(json);
    myo_json_line(json);
}

void cine_lines_head(myo_json *json, const cine_lines_scale *scale, const char *path,
                     const myo_cine_info *info)
{
    const char *slash = strrchr(path, '/');
    myo_json_object(json, NULL);
    myo_json_string(json, "schema", "myotwitch.cine/1");
    myo_json_string(json, "recording", slash == NULL ? path : slash + 1);
    myo_json_string(json, "format", info->format);
    myo_json_integer(json, "width", info->width);
    myo_json_integer(json, "height", info->height);
    myo_json_number(json, "mm_per_px", scale->mm_per_px, 9);
    if (info->carrier_hz > 0.0) {
        myo_json_number(json, "carrier_hz", info->carrier_hz, 9);
    }
    myo_json_number(json, "offset_s", scale->offset_s, 12);
    myo_json_string(json, "version", myo_version());
    myo_json_string(json, "detector", MYO_ULTRASOUND_DETECTOR);
    myo_json_end(json);
    myo_json_line(json);
}

void cine_lines_tail(myo_json *json, const myo_ultrasound_summary *summary, bool complete)
{
    myo_json_object(json, NULL);
    myo_json_string(json, "schema", "myotwitch.cine_summary/1");
    myo_json_integer(json, "frames", summary->frames);
    myo_json_integer(json, "duplicates", summary->duplicates);
    myo_json_integer(json, "lost", summary->lost);
    myo_json_fixed(json, "duration_s", summary->seconds, 6);
    myo_json_fixed(json, "blind_s", summary->blind_s, 6);
    myo_json_fixed(json, "mean_interval_s", summary->mean_interval_s, 6);
    myo_json_number(json, "needle_hz", summary->needle_hz, VALUE_DIGITS);
    myo_json_bool(json, "complete", complete);
    myo_json_string(json, "note", myo_honest_sentence());
    myo_json_end(json);
    myo_json_line(json);
}
