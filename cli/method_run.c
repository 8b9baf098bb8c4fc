/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads a whole recording, band-passes each channel, and lets a published method find the activity. */
#include "method_run.h"

#include "command.h"
#include "outputs.h"
#include "talk.h"

#include "myotwitch/band.h"
#include "myotwitch/method.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A method sees all at once: so much of one recording, all channels, is taken. */
enum { BLOCK_SAMPLES = 16384 };
static const double max_samples = 256e6;

typedef struct {
    const analysis_settings *settings;
    const char *path;
    myo_source *source;
    const myo_source_info *info;
    myo_method method;
    myo_session_head head;
    outputs outputs;
    float *samples; /* interleaved */
    size_t frames, room;
    bool damaged;
    myo_event *events;
    size_t event_count;
    char detector[64], config_text[512];
    myo_why why;
} method_work;

static const struct {
    const char *name;
    size_t offset;
    bool is_time; /* given in ms, kept in samples */
} keys[] = {
    {"threshold", offsetof(myo_method_settings, threshold), false},
    {"second", offsetof(myo_method_settings, second), false},
    {"low_pass_hz", offsetof(myo_method_settings, low_pass_hz), false},
    {"window", offsetof(myo_method_settings, window), true},
    {"long_window", offsetof(myo_method_settings, long_window), true},
    {"active", offsetof(myo_method_settings, active), true},
    {"fail", offsetof(myo_method_settings, fail), true},
};

enum { KEYS = sizeof keys / sizeof keys[0] };

/* "threshold=4,window=25" */
static bool settings_take(const char *list, myo_method_settings *set)
{
    while (list != NULL && *list != '\0') {
        size_t k = 0, length = strcspn(list, "=");
        char *end = NULL;
        while (k < KEYS &&
               (strlen(keys[k].name) != length || strncmp(keys[k].name, list, length) != 0)) {
            k++;
        }
        if (k == KEYS || list[length] != '=') {
            return false;
        }
        double value = strtod(list + length + 1, &end);
        if (end == list + length + 1 || !isfinite(value) || value < 0.0 ||
            (*end != ',' && *end != '\0')) {
            return false;
        }
        char *field = (char *)set + keys[k].offset;
        if (keys[k].is_time) {
            size_t samples = (size_t)fmin(nearbyint(1e-3 * value * set->rate_hz), 1e9);
            memcpy(field, &samples, sizeof samples);
        } else {
            memcpy(field, &value, sizeof value);
        }
        list = *end == ',' ? end + 1 : end;
    }
    return true;
}

bool method_settings_good(const analysis_settings *settings)
{
    myo_method_settings set;
    if (settings->method == NULL) {
        if (settings->method_settings != NULL) {
            fputs("myotwitch analyze: --method-settings needs --method\n", stderr);
        }
        return settings->method_settings == NULL;
    }
    myo_method method = myo_method_from_name(settings->method);
    if (method == MYO_METHOD_COUNT) {
        fputs("myotwitch analyze: --method knows", stderr);
        for (int m = 0; m < MYO_METHOD_COUNT; m++) {
            fprintf(stderr, " %s", myo_method_name((myo_method)m));
        }
        fputc('\n', stderr);
        return false;
    }
    myo_method_default(method, 1000.0, &set);
    if (!settings_take(settings->method_settings, &set)) {
        fputs(
            "myotwitch analyze: --method-settings are NAME=NUMBER, parted by commas; see --help\n",
            stderr);
        return false;
    }
    return true;
}

static myo_status room_make(method_work *self)
{
    size_t room = self->room == 0 ? (size_t)1 << 16 : 2 * self->room;
    if ((double)room * self->info->channels > 2.0 * max_samples) {
        return myo_why_set(
            &self->why, MYO_ERR_UNSUPPORTED,
            "too long for --method, which sees all at once: %g million samples at most",
            1e-6 * max_samples);
    }
    float *samples = realloc(self->samples, room * self->info->channels * sizeof *samples);
    if (samples == NULL) {
        return myo_why_set(&self->why, MYO_ERR_NO_MEMORY, "out of memory");
    }
    self->samples = samples;
    self->room = room;
    return MYO_OK;
}

/* What is not a number is taken for nought: the methods know no gaps. */
static void numbers_only(float *samples, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        samples[i] = isfinite(samples[i]) ? samples[i] : 0.0f;
    }
}

static myo_status read_all(method_work *self)
{
    uint32_t channels = self->info->channels;
    size_t got = 1;
    while (got > 0) {
        size_t want = BLOCK_SAMPLES / channels;
        myo_status status = self->room < self->frames + want ? room_make(self) : MYO_OK;
        if (status != MYO_OK) {
            return status;
        }
        float *to = self->samples + self->frames * channels;
        status = myo_source_read(self->source, to, want, &got, &self->why);
        numbers_only(to, got * channels);
        self->frames += got;
        if (status != MYO_OK) {
            talk_file("analyze", self->path, self->why.text);
            self->damaged = true;
            return MYO_OK;
        }
    }
    return MYO_OK;
}

/* One channel through the surface detector's measure band, 20-450 Hz or what the rate allows. */
static myo_status channel_filter(const method_work *self, uint32_t channel, float *x)
{
    myo_band band;
    double rate_hz = self->info->rate_hz;
    myo_status status = myo_band_design(rate_hz, 20.0, fmin(450.0, 0.45 * rate_hz), &band);
    double state[MYO_BAND_SECTIONS][2] = {{0.0}}, first = (double)self->samples[channel];
    for (size_t i = 0; status == MYO_OK && i < self->frames; i++) {
        double y = band.gain * ((double)self->samples[i * self->info->channels + channel] - first);
        for (int s = 0; s < MYO_BAND_SECTIONS; s++) {
            double out = y + state[s][0];
            state[s][0] = state[s][1] - band.section[s].a1 * out;
            state[s][1] = -y - band.section[s].a2 * out;
            y = out;
        }
        x[i] = (float)y;
    }
    return status;
}

static int by_size(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

/* Nobody says where rest is: of the whole seconds, the one whose power is at the lower quartile. */
static size_t rest_find(const float *x, size_t frames, size_t second, double *power, double *sorted)
{
    const size_t count = frames / second;
    size_t best = 0;
    if (count == 0) {
        return 0;
    }
    for (size_t k = 0; k < count; k++) {
        power[k] = 0.0;
        for (size_t i = k * second; i < (k + 1) * second; i++) {
            power[k] += (double)x[i] * (double)x[i];
        }
    }
    memcpy(sorted, power, count * sizeof *sorted);
    qsort(sorted, count, sizeof *sorted, by_size);
    while (best + 1 < count && power[best] != sorted[count / 4]) {
        best++;
    }
    return best * second;
}

static myo_event event_of(const method_work *self, const float *x, myo_interval found,
                          uint32_t channel, double noise)
{
    myo_event event = {.type = MYO_EVENT_LTR,
                       .stage = MYO_CONFIRMED,
                       .onset_frame = found.onset > 0 ? found.onset : 0,
                       .offset_frame = found.offset,
                       .reported_frame = found.offset,
                       .confirmed_frame = found.offset,
                       .channel = channel,
                       .channel_count = 1,
                       .confidence = 0.5};
    if (event.offset_frame > (int64_t)self->frames) {
        event.offset_frame = (int64_t)self->frames;
    }
    event.channel_mask[channel / 64] = UINT64_C(1) << (channel % 64);
    for (int64_t i = event.onset_frame; i < event.offset_frame; i++) {
        event.peak = fmax(event.peak, fabs((double)x[i]));
    }
    event.snr_db = noise > 0.0 && event.peak > 0.0 ? 20.0 * log10(event.peak / noise) : 0.0;
    return event;
}

static myo_status events_keep(method_work *self, const float *x, const myo_interval *found,
                              size_t count, uint32_t channel, double noise)
{
    size_t all = self->event_count + count;
    myo_event *events = realloc(self->events, (all + 1) * sizeof *events);
    if (events == NULL) {
        return myo_why_set(&self->why, MYO_ERR_NO_MEMORY, "out of memory");
    }
    self->events = events;
    for (size_t i = 0; found != NULL && i < count; i++) {
        events[self->event_count++] = event_of(self, x, found[i], channel, noise);
    }
    return MYO_OK;
}

static double rms(const float *x, size_t count)
{
    double sum = 0.0;
    for (size_t i = 0; i < count; i++) {
        sum += (double)x[i] * (double)x[i];
    }
    return sqrt(sum / (double)count);
}

/* As the detector joins bursts: what is closer than its merge gap is one. Returns how many are left. */
static size_t close_ones_join(myo_interval *found, size_t count, double rate_hz)
{
    myo_config config;
    size_t kept = 0;
    if (found == NULL) {
        return 0;
    }
    myo_config_default(&config, rate_hz, 1);
    for (size_t i = 0; i < count; i++) {
        double gap_ms = kept == 0
                            ? (double)INFINITY
                            : 1e3 * (double)(found[i].onset - found[kept - 1].offset) / rate_hz;
        if (gap_ms < config.merge_gap_ms) {
            found[kept - 1].offset = found[i].offset;
        } else {
            found[kept++] = found[i];
        }
    }
    return kept;
}

static myo_status channel_run(method_work *self, uint32_t channel, const myo_method_settings *set,
                              float *x, double *scratch)
{
    size_t second = (size_t)self->info->rate_hz, seconds = self->frames / second, count = 0;
    myo_interval *found = NULL;
    myo_method_rest rest = {0};
    myo_status status = channel_filter(self, channel, x);
    size_t at =
        status == MYO_OK ? rest_find(x, self->frames, second, scratch, scratch + seconds) : 0;
    if (status == MYO_OK) {
        status = myo_method_rest_of(self->method, set, x + at, second, &rest);
    }
    if (status == MYO_OK && rest.sd > 0.0) {
        status = myo_method_run(self->method, set, &rest, x, self->frames, &found, &count);
    }
    if (status == MYO_OK) {
        count = close_ones_join(found, count, self->info->rate_hz);
        status = events_keep(self, x, found, count, channel, rms(x + at, second));
    } else {
        (void)myo_why_set(&self->why, status, "channel %u: %s", channel,
                          status == MYO_ERR_BAD_ARG ? "the method's settings do not fit it"
                                                    : myo_status_text(status));
    }
    free(found);
    return status;
}

static int by_onset(const void *left, const void *right)
{
    const myo_event *a = left, *b = right;
    int order = (a->onset_frame > b->onset_frame) - (a->onset_frame < b->onset_frame);
    return order != 0 ? order : (a->channel > b->channel) - (a->channel < b->channel);
}

static myo_status channels_run(method_work *self, const myo_method_settings *set)
{
    size_t seconds = self->frames / (size_t)self->info->rate_hz;
    if (seconds < 2) {
        return myo_why_set(&self->why, MYO_ERR_UNSUPPORTED, "--method needs two seconds or more");
    }
    float *x = calloc(self->frames, sizeof *x);
    double *scratch = malloc(2 * seconds * sizeof *scratch);
    myo_status status = x == NULL || scratch == NULL
                            ? myo_why_set(&self->why, MYO_ERR_NO_MEMORY, "out of memory")
                            : MYO_OK;
    for (uint32_t c = 0; status == MYO_OK && c < self->info->channels; c++) {
        status = channel_run(self, c, set, x, scratch);
    }
    free(x);
    free(scratch);
    if (status == MYO_OK && self->event_count > 0) {
        qsort(self->events, self->event_count, sizeof *self->events, by_onset);
        for (size_t i = 0; i < self->event_count; i++) {
            self->events[i].id = i + 1;
        }
    }
    return status;
}

static void head_make(method_work *self, const myo_method_settings *set)
{
    const char *path = self->path, *slash = strrchr(path, '/');
    uint64_t hash = UINT64_C(14695981039346656037); /* FNV-1a, as myo_config_hash */
    int used = snprintf(self->config_text, sizeof self->config_text, "method=%s\n",
                        myo_method_name(self->method));
    for (size_t k = 0; k < KEYS; k++) {
        const char *field = (const char *)set + keys[k].offset;
        double value;
        size_t samples;
        memcpy(&value, field, sizeof value);
        memcpy(&samples, field, sizeof samples);
        used +=
            snprintf(self->config_text + used, sizeof self->config_text - (size_t)used, "%s=%.6g\n",
                     keys[k].name, keys[k].is_time ? 1e3 * (double)samples / set->rate_hz : value);
    }
    for (const char *c = self->config_text; *c != '\0'; c++) {
        hash = (hash ^ (unsigned char)*c) * UINT64_C(1099511628211);
    }
    (void)snprintf(self->detector, sizeof self->detector, "%s/%s", "method",
                   myo_method_name(self->method));
    self->head = (myo_session_head){.recording = slash == NULL ? path : slash + 1,
                                    .info = self->info,
                                    .config_text = self->config_text,
                                    .detector = self->detector};
    (void)snprintf(self->head.config_hash, sizeof self->head.config_hash, "%016" PRIx64, hash);
}

static myo_status outputs_write(method_work *self)
{
    uint32_t channels = self->info->channels;
    myo_channel_summary *summaries = calloc(channels, sizeof *summaries);
    if (summaries == NULL) {
        return myo_why_set(&self->why, MYO_ERR_NO_MEMORY, "out of memory");
    }
    myo_status status =
        outputs_open(&self->outputs, self->settings, self->path, &self->head, &self->why);
    for (size_t at = 0; status == MYO_OK && at < self->frames; at += BLOCK_SAMPLES / channels) {
        size_t some = self->frames - at < BLOCK_SAMPLES / channels ? self->frames - at
                                                                   : BLOCK_SAMPLES / channels;
        status = outputs_samples(&self->outputs, self->samples + at * channels, some, &self->why);
    }
    for (size_t i = 0; status == MYO_OK && i < self->event_count; i++) {
        summaries[self->events[i].channel].events[MYO_EVENT_LTR]++;
        status = outputs_event(&self->outputs, &self->events[i], &self->why);
    }
    if (status == MYO_OK) {
        myo_session_tail tail = {
            .frames = (int64_t)self->frames, .complete = !self->damaged, .channels = summaries};
        status = outputs_finish(&self->outputs, &tail, &self->why);
    }
    free(summaries);
    return status;
}

static myo_status run(method_work *self)
{
    const analysis_settings *settings = self->settings;
    myo_method_settings set;
    myo_source_options options = analysis_source_options(settings);
    myo_status status = myo_source_open(self->path, &options, &self->source, &self->why);
    if (status != MYO_OK) {
        return status;
    }
    self->info = myo_source_info_get(self->source);
    myo_method_default(self->method, self->info->rate_hz, &set);
    (void)settings_take(settings->method_settings, &set);
    status = read_all(self);
    if (status == MYO_OK) {
        status = channels_run(self, &set);
    }
    if (status == MYO_OK) {
        head_make(self, &set);
        status = outputs_write(self);
    }
    return status;
}

int method_run(const char *path, const analysis_settings *settings)
{
    method_work self = {
        .settings = settings, .path = path, .method = myo_method_from_name(settings->method)};
    myo_status status = run(&self);
    if (status != MYO_OK) {
        talk_file("analyze", path, self.why.text);
    }
    outputs_free(&self.outputs);
    myo_source_free(self.source);
    free(self.samples);
    free(self.events);
    return status == MYO_OK && self.damaged ? EXIT_BAD_INPUT : analysis_exit_status(status);
}
