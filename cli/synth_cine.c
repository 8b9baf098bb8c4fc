/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Runs a phantom into a lossless video (IQ: a raw file) and its labels into JSON (schema myotwitch.truth/1). */
#include "synth_cine.h"

#include "synth_echo.h"

#include "cine/writer.h"
#include "export/json.h"
#include "export/outfile.h"

#include "myotwitch/version.h"

#include <math.h>
#include <string.h>

static myo_status pictures_write(myo_cine_synth *synth, myo_cine_writer *writer, myo_why *why)
{
    myo_frame frame;
    myo_status status = MYO_OK;
    while (status == MYO_OK && myo_cine_synth_next(synth, &frame)) {
        status = myo_cine_writer_add(writer, frame.pixels, frame.stride, frame.time_s, why);
    }
    return status;
}

static void truth_write(const synth_cine *record, const myo_cine_synth *synth, FILE *out)
{
    const char *slash = strrchr(record->cine_path, '/');
    const myo_cine_synth_config *config = &record->config;
    size_t count = 0;
    const myo_cine_truth *truth = myo_cine_synth_truth(synth, &count);
    myo_json json;
    myo_json_start(&json, out);
    myo_json_object(&json, NULL);
    myo_json_string(&json, "schema", "myotwitch.truth/1");
    myo_json_string(&json, "recording", slash == NULL ? record->cine_path : slash + 1);
    myo_json_string(&json, "program", myo_version());
    myo_json_string(&json, "scenario", config->scenario);
    myo_json_integer(&json, "seed", (int64_t)config->seed);
    myo_json_number(&json, "rate_hz", config->rate_hz, 17);
    myo_json_number(&json, "mm_per_px", config->mm_per_px, 17);
    myo_json_number(&json, "needle_deg", myo_cine_synth_needle_deg(synth), 9);
    myo_json_number(&json, "duration_s", config->duration_s, 17);
    myo_json_array(&json, "events");
    for (size_t i = 0; i < count; i++) {
        myo_json_object(&json, NULL);
        myo_json_string(&json, "type", myo_event_type_name(truth[i].type));
        myo_json_fixed(&json, "onset_s", truth[i].onset_s, 6);
        myo_json_fixed(&json, "offset_s", truth[i].offset_s, 6);
        myo_json_fixed(&json, "x_px", truth[i].x_px, 2);
        myo_json_fixed(&json, "y_px", truth[i].y_px, 2);
        myo_json_fixed(&json, "size_mm", truth[i].size_mm, 4);
        if (truth[i].speed_mm_s > 0.0) {
            myo_json_fixed(&json, "speed_mm_s", truth[i].speed_mm_s, 3);
        }
        myo_json_end(&json);
    }
    myo_json_end(&json);
    myo_json_end(&json);
    myo_json_line(&json);
}

static myo_status video_write(const synth_cine *record, myo_cine_synth *synth,
                              myo_cine_writer **writer, myo_why *why)
{
    const myo_status status =
        myo_cine_writer_open(record->cine_path, record->replace, record->config.width,
                             record->config.height, writer, why);
    return status == MYO_OK ? pictures_write(synth, *writer, why) : status;
}

/* The video first: labels without a recording would be the worse half. */
static myo_status both_write(const synth_cine *record, myo_cine_synth *synth, myo_outfile *truth,
                             myo_why *why)
{
    myo_cine_writer *writer = NULL;
    const bool echoes = myo_cine_synth_carrier(synth) > 0.0;
    myo_status status =
        echoes ? synth_echo_write(record->cine_path, record->replace, &record->config, synth, why)
               : video_write(record, synth, &writer, why);
    if (status != MYO_OK) {
        myo_cine_writer_discard(writer);
        myo_outfile_discard(truth);
        return status;
    }
    truth_write(record, synth, myo_outfile_stream(truth));
    status = echoes ? MYO_OK : myo_cine_writer_commit(writer, why);
    if (status != MYO_OK) {
        myo_outfile_discard(truth);
        return status;
    }
    return myo_outfile_commit(truth, why);
}

myo_status synth_cine_write(const synth_cine *record, myo_why *why)
{
    myo_cine_synth *synth = NULL;
    myo_outfile *truth = NULL;
    myo_status status = myo_cine_synth_new(&record->config, &synth);
    if (status != MYO_OK) {
        return myo_why_set(why, status, "%s: %s", record->config.scenario, myo_status_text(status));
    }
    status = myo_outfile_open(record->truth_path, record->replace, &truth, why);
    if (status == MYO_OK) {
        status = both_write(record, synth, truth, why);
    }
    myo_cine_synth_free(synth);
    return status;
}
