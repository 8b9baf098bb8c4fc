/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A stand-in for the desk: a recording goes through the pipeline at its own pace and into a feed,
 * and the page's server shows it. Commands make marks, as the desk's do.
 *
 * usage: feeder FILE COPIES SPEED [film]   each channel of FILE that many times; times real time; with an
 * ultrasound picture in which one tile moves, and a twitch there every two seconds
 * Prints the page's address, then a line for each event when it is reported: wall-clock ms, id,
 * stage. Ends with its standard input. */
#include "myotwitch/pipeline.h"
#include "signal/source.h"
#include "web/server.h"

#include <math.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define BLOCK_S 0.004
#define METER_S 0.05
#define BINS    250u

typedef struct {
    myo_feed *feed;
    myo_film *film;       /* NULL = none */
    pthread_mutex_t lock; /* the page's thread sends commands */
    myo_feed_state state;
    myo_feed_mark marks[256];
    uint64_t mark_count;
} desk;

static void push(desk *d, const myo_feed_message *message)
{
    myo_feed_push(d->feed, message);
}

static void push_mark(desk *d, const myo_feed_mark *mark)
{
    push(d, &(myo_feed_message){.kind = MYO_FEED_MARK, .mark = *mark});
}

static bool add_mark(desk *d, const char *kind, const char *label)
{
    if (d->mark_count == 256) {
        return false;
    }
    myo_feed_mark *mark = &d->marks[d->mark_count];
    *mark = (myo_feed_mark){.frame = d->state.frame, .id = d->mark_count++};
    snprintf(mark->kind, sizeof mark->kind, "%s", kind);
    snprintf(mark->label, sizeof mark->label, "%s", label);
    push_mark(d, mark);
    return true;
}

/* The newest that is set is taken back, or the oldest that was taken back after it is set again. */
static bool change(desk *d, bool undo)
{
    uint64_t at = d->mark_count;
    while (at > 0 && d->marks[at - 1].undone) {
        at--;
    }
    at = undo ? at - 1 : at;
    if (at >= d->mark_count) {
        return false;
    }
    d->marks[at].undone = undo;
    push_mark(d, &d->marks[at]);
    return true;
}

static bool obey(desk *d, const char *line)
{
    char verb[16] = "";
    int length = 0;
    sscanf(line, "%15s %n", verb, &length);
    const char *rest = line + length;
    if (strcmp(verb, "mark") == 0 || strcmp(verb, "note") == 0) {
        return add_mark(d, verb[0] == 'm' ? "mark" : "note", rest);
    }
    if (strcmp(verb, "phase") == 0) {
        snprintf(d->state.phase, sizeof d->state.phase, "%.31s", rest);
        return add_mark(d, "phase", rest);
    }
    if (strcmp(verb, "insertion") == 0) {
        char label[16];
        snprintf(label, sizeof label, "%d", ++d->state.insertion);
        d->state.twitches_insertion = 0;
        return add_mark(d, "insertion", label);
    }
    if (strcmp(verb, "undo") == 0 || strcmp(verb, "redo") == 0) {
        return change(d, verb[0] == 'u');
    }
    if (strcmp(verb, "mute") == 0 || strcmp(verb, "unmute") == 0) {
        d->state.muted = verb[0] == 'm';
        return true;
    }
    return strcmp(line, "baseline") == 0 || strcmp(line, "hold") == 0 ||
           strcmp(line, "after") == 0 || strcmp(line, "end") == 0;
}

static size_t command(void *context, const char *line, char *reply, size_t size)
{
    desk *d = context;
    pthread_mutex_lock(&d->lock);
    bool good = obey(d, line);
    push(d, &(myo_feed_message){.kind = MYO_FEED_STATE, .state = d->state});
    pthread_mutex_unlock(&d->lock);
    return (size_t)snprintf(reply, size, good ? "ok %s" : "error: cannot %s", line);
}

enum { SIDE = 192, FILM_TILES = 16, FILM_MOVES = 5 };

/* 30 pictures a second of SIDE pixels, stripes; every 20 s, first at 7.5 s, tile FILM_MOVES goes down by 4 pixels
 * and comes back within 0.4 s, and 0.7 s after it began that is called a twitch. */
static void push_film(myo_film *film, double at, double *next)
{
    static uint8_t grey[SIDE * SIDE];
    myo_tile tiles[FILM_TILES];
    while (film != NULL && *next <= at) {
        const double phase = fmod(*next + 12.5, 20.0);
        memset(tiles, 0, sizeof tiles);
        for (int i = 0; i < FILM_TILES; i++) {
            tiles[i].quality = 1.0f;
        }
        tiles[FILM_MOVES].dy = phase < 0.2 ? 0.66f : phase < 0.4 ? -0.66f : 0.0f;
        for (int i = 0; i < SIDE * SIDE; i++) {
            grey[i] = (uint8_t)(60 + 60 * ((i / SIDE / 16 + i % SIDE / 16) % 2));
        }
        const myo_frame frame = {grey, MYO_PIXEL_U8, SIDE, SIDE, SIDE, *next, 0};
        myo_film_take(film, &frame, tiles, *next);
        if (phase >= 0.7 && phase < 0.7 + 1.0 / 30.0) {
            myo_film_twitch(film, *next - phase, 64.0, 64.0, 0.4);
        }
        *next += 1.0 / 30.0;
    }
}

static double now_s(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void push_events(desk *d, myo_pipeline *pipeline)
{
    myo_feed_message message = {.kind = MYO_FEED_EVENT};
    while (myo_pipeline_next(pipeline, &message.event)) {
        bool twitch = message.event.type == MYO_EVENT_LTR && message.event.stage == MYO_CONFIRMED;
        d->state.twitches += twitch;
        d->state.twitches_insertion += twitch;
        push(d, &message);
        printf("%.3f %llu %d %d\n", 1e3 * now_s(CLOCK_REALTIME),
               (unsigned long long)message.event.id, (int)message.event.stage,
               (int)message.event.type);
        fflush(stdout);
    }
}

/* Envelope: RMS of the block; threshold: three floors. Only to have something to draw. */
static void push_meters(desk *d, myo_pipeline *pipeline, const float *samples, size_t frames,
                        uint32_t channels)
{
    static float db[BINS];
    for (uint32_t channel = 0; channel < channels; channel++) {
        myo_channel_summary summary;
        double sum = 0, peak = 0;
        for (size_t i = 0; i < frames; i++) {
            double x = (double)samples[i * channels + channel];
            sum += x * x;
            peak = fmax(peak, fabs(x));
        }
        float rms = (float)sqrt(sum / (double)frames);
        myo_pipeline_summary(pipeline, channel, &summary);
        myo_feed_meter meter = {.frame = d->state.frame, .channel = channel, .rms = rms};
        meter.envelope = rms;
        meter.floor = (float)summary.detect_floor_rms;
        meter.threshold = 3.0f * meter.floor;
        meter.peak_250ms = (float)peak;
        meter.hum_hz = (float)summary.hum_hz;
        meter.hum_rms = (float)summary.hum_rms;
        meter.flags =
            (meter.floor > 0.0f ? MYO_FEED_ARMED : 0u) | (summary.hum_hz > 0 ? MYO_FEED_HUM : 0u);
        push(d, &(myo_feed_message){.kind = MYO_FEED_METER, .meter = meter});
    }
    for (uint32_t bin = 0; bin < BINS; bin++) {
        db[bin] = -90.0f - 20.0f * fabsf((float)bin - 60.0f) / 250.0f;
    }
    uint32_t turn = (uint32_t)(d->state.frame / 97) % channels;
    myo_feed_spectrum spectrum = {d->state.frame, turn, BINS, 2.0f, 110.0f, 95.0f, true, db};
    push(d, &(myo_feed_message){.kind = MYO_FEED_SPECTRUM, .spectrum = spectrum});
}

typedef struct {
    myo_source *source;
    uint32_t in, copies;
    float *read, *block;
    size_t frames;
} recording;

static bool next_block(recording *r)
{
    myo_why why;
    for (size_t have = 0, got = 0; have < r->frames; have += got) {
        if (myo_source_read(r->source, r->read + have * r->in, r->frames - have, &got, &why) !=
                MYO_OK ||
            got == 0) {
            return false;
        }
    }
    for (size_t i = 0; i < r->frames; i++) {
        for (uint32_t c = 0; c < r->in * r->copies; c++) {
            r->block[i * r->in * r->copies + c] = r->read[i * r->in + c % r->in];
        }
    }
    return true;
}

static void play(desk *d, recording *r, myo_pipeline *pipeline, double rate, uint32_t channels,
                 double speed)
{
    double begin = now_s(CLOCK_MONOTONIC), meters = 0, states = 0, pictures = 0;
    struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
    while (poll(&input, 1, 0) == 0 && next_block(r)) {
        pthread_mutex_lock(&d->lock);
        push(d, &(myo_feed_message){
                    .kind = MYO_FEED_TRACE,
                    .trace = {d->state.frame, (uint32_t)r->frames, channels, r->block}});
        for (size_t done = 0; done < r->frames;) {
            done += myo_pipeline_process(pipeline, r->block + done * channels, r->frames - done);
            push_events(d, pipeline);
        }
        d->state.frame += (int64_t)r->frames;
        double at = (double)d->state.frame / rate;
        push_film(d->film, at, &pictures);
        if (at >= meters) {
            push_meters(d, pipeline, r->block, r->frames, channels);
            meters += METER_S;
        }
        if (at >= states) {
            d->state.recorded_s = at;
            push(d, &(myo_feed_message){.kind = MYO_FEED_STATE, .state = d->state});
            states += 0.5;
        }
        pthread_mutex_unlock(&d->lock);
        myo_feed_wake(d->feed);
        double wait = begin + at / speed - now_s(CLOCK_MONOTONIC);
        if (wait > 0) {
            nanosleep(&(struct timespec){0, (long)(1e9 * fmin(wait, 0.5))}, NULL);
        }
    }
}

static void describe(myo_feed_head *head, const myo_source_info *info, const myo_config *config)
{
    head->rate_hz = info->rate_hz;
    head->channels = config->channels;
    head->full_scale_uv = info->full_scale_uv;
    head->detect_low_hz = config->detect_low_hz;
    head->detect_high_hz = config->detect_high_hz;
    head->measure_low_hz = config->measure_low_hz;
    head->measure_high_hz = config->measure_high_hz;
    head->replay = true;
    snprintf(head->device, sizeof head->device, "test recording");
    for (uint32_t channel = 0; channel < head->channels; channel++) {
        head->channel_number[channel] = channel;
    }
}

int main(int argc, char **argv)
{
    static myo_feed_head head;
    static myo_config config;
    static desk d = {.lock = PTHREAD_MUTEX_INITIALIZER};
    recording r = {.copies = argc > 2 ? (uint32_t)strtoul(argv[2], NULL, 10) : 1};
    myo_why why = {""};
    myo_source_options from_file = {.full_scale_uv = 0};
    if (argc < 2 || myo_source_open(argv[1], &from_file, &r.source, &why) != MYO_OK) {
        fprintf(stderr, "feeder: %s\n", why.text);
        return 1;
    }
    const myo_source_info *info = myo_source_info_get(r.source);
    r.in = info->channels;
    r.frames = (size_t)(BLOCK_S * info->rate_hz);
    uint32_t channels = r.in * r.copies;
    myo_config_default(&config, info->rate_hz, channels);
    describe(&head, info, &config);
    const myo_film_head picture = {SIDE, SIDE, 0.1, 4, 4, 32, info->rate_hz};
    if (argc > 4 && myo_film_new(&picture, &d.film) != MYO_OK) {
        return 1;
    }
    r.read = calloc(r.frames * r.in, sizeof *r.read);
    r.block = calloc(r.frames * channels, sizeof *r.block);
    myo_pipeline *pipeline = NULL;
    myo_web *web = NULL;
    if (r.read == NULL || r.block == NULL || myo_pipeline_new(&config, &pipeline) != MYO_OK ||
        myo_feed_new(&head, &d.feed) != MYO_OK) {
        return 1;
    }
    myo_web_options options = {
        .feed = d.feed, .command = command, .context = &d, .film = d.film, .sound = true};
    if (myo_web_new(&options, &web, &why) != MYO_OK) {
        fprintf(stderr, "feeder: %s\n", why.text);
        return 1;
    }
    char address[128];
    myo_web_address(web, address, sizeof address);
    printf("%s\n", address);
    fflush(stdout);
    play(&d, &r, pipeline, info->rate_hz, channels, argc > 3 ? strtod(argv[3], NULL) : 1);
    push(&d, &(myo_feed_message){.kind = MYO_FEED_END, .end = {.frames = d.state.frame}});
    poll(&(struct pollfd){.fd = STDIN_FILENO, .events = POLLIN}, 1, -1);
    myo_web_free(web);
    myo_film_free(d.film);
    myo_feed_free(d.feed);
    myo_pipeline_free(pipeline);
    myo_source_free(r.source);
    free(r.read);
    free(r.block);
    return 0;
}
