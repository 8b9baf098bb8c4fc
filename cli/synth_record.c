/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Runs a generator into a WAV file and its labels into JSON (schema myotwitch.truth/1). */
#include "synth_record.h"

#include "export/json.h"
#include "export/outfile.h"

#include "myotwitch/version.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Frames that are made at a time. */
#define PORTION 4096

typedef struct {
    const synth_record *record;
    myo_synth *synth;
    myo_wav_writer *wav;
    myo_outfile *truth;
    myo_json json;
    float *samples;
} job;

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash == NULL ? path : slash + 1;
}

static void write_head(job *j)
{
    const myo_synth_config *config = &j->record->config;
    const char generator[2] = {config->generator, '\0'};
    myo_json *json = &j->json;
    myo_json_start(json, myo_outfile_stream(j->truth));
    myo_json_object(json, NULL);
    myo_json_string(json, "schema", "myotwitch.truth/1");
    myo_json_string(json, "recording", base_name(j->record->wav_path));
    myo_json_string(json, "program", myo_version());
    myo_json_string(json, "scenario", config->scenario);
    myo_json_string(json, "generator", generator);
    myo_json_integer(json, "seed", (int64_t)config->seed);
    myo_json_number(json, "rate_hz", config->rate_hz, 17);
    myo_json_integer(json, "channels", config->channels);
    myo_json_number(json, "duration_s", config->duration_s, 17);
    myo_json_number(json, "full_scale_uv", myo_synth_full_scale_uv(j->synth), 17);
    myo_json_number(json, "snr_db", config->snr_db, 17);
    myo_json_array(json, "noise_uv");
    for (uint32_t c = 0; c < config->channels; c++) {
        myo_json_number(json, NULL, myo_synth_noise_uv(j->synth, c), 6);
    }
    myo_json_end(json);
    myo_json_array(json, "events");
}

static void write_event(job *j, const myo_truth *truth)
{
    const double rate_hz = j->record->config.rate_hz;
    myo_json *json = &j->json;
    myo_json_object(json, NULL);
    myo_json_string(json, "type", myo_event_type_name(truth->type));
    myo_json_integer(json, "channel", truth->channel);
    myo_json_fixed(json, "onset_s", (double)truth->onset_frame / rate_hz, 6);
    myo_json_fixed(json, "offset_s", (double)truth->offset_frame / rate_hz, 6);
    myo_json_integer(json, "onset_frame", truth->onset_frame);
    myo_json_integer(json, "offset_frame", truth->offset_frame);
    myo_json_number(json, "peak_uv", truth->peak_uv, 6);
    myo_json_fixed(json, "snr_db", truth->snr_db, 3);
    myo_json_fixed(json, "burst_snr_db", truth->burst_snr_db, 3);
    myo_json_end(json);
}

static myo_status run(job *j, myo_why *why)
{
    size_t frames = 0;
    while ((frames = myo_synth_read(j->synth, j->samples, PORTION)) > 0) {
        const myo_status status = myo_wav_writer_add(j->wav, j->samples, frames, why);
        if (status != MYO_OK) {
            return status;
        }
        myo_truth truth;
        while (myo_synth_next_truth(j->synth, &truth)) {
            write_event(j, &truth);
        }
    }
    if (myo_synth_status(j->synth) != MYO_OK) {
        return myo_why_set(why, myo_synth_status(j->synth), "%.180s: out of memory for labels",
                           j->record->truth_path);
    }
    myo_json_end(&j->json);
    myo_json_end(&j->json);
    myo_json_line(&j->json);
    return MYO_OK;
}

static myo_status open_outputs(job *j, myo_why *why)
{
    const synth_record *r = j->record;
    const myo_wav_options options = {.path = r->wav_path,
                                     .replace = r->replace,
                                     .encoding = r->encoding,
                                     .rate_hz = r->config.rate_hz,
                                     .channels = r->config.channels,
                                     .full_scale_uv = myo_synth_full_scale_uv(j->synth),
                                     .frames =
                                         (int64_t)ceil(r->config.duration_s * r->config.rate_hz)};
    const myo_status status = myo_outfile_open(r->truth_path, r->replace, &j->truth, why);
    return status != MYO_OK ? status : myo_wav_writer_new(&options, &j->wav, why);
}

/* The WAV first: labels without a recording would be the worse half. */
static myo_status commit(job *j, myo_why *why)
{
    const myo_status status = myo_wav_writer_commit(j->wav, why);
    j->wav = NULL;
    if (status != MYO_OK) {
        return status;
    }
    myo_outfile *truth = j->truth;
    j->truth = NULL;
    return myo_outfile_commit(truth, why);
}

myo_status synth_record_write(const synth_record *record, myo_why *why)
{
    job j = {.record = record};
    j.samples = calloc((size_t)PORTION * record->config.channels, sizeof *j.samples);
    myo_status status = j.samples == NULL ? MYO_ERR_NO_MEMORY : MYO_OK;
    if (status == MYO_OK) {
        status = myo_synth_new(&record->config, &j.synth);
    }
    if (status != MYO_OK) {
        (void)myo_why_set(why, status, "%.180s: %s", record->wav_path, myo_status_text(status));
    } else if ((status = open_outputs(&j, why)) == MYO_OK) {
        write_head(&j);
        status = run(&j, why);
        if (status == MYO_OK) {
            status = commit(&j, why);
        }
    }
    myo_wav_writer_free(j.wav);
    myo_outfile_discard(j.truth);
    myo_synth_free(j.synth);
    free(j.samples);
    return status;
}
