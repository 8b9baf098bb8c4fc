/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `myotwitch live` and `record`: a device, or a file replayed as one, through the detector as it happens. */
#include "command.h"
#include "live_beside.h"
#include "live_cine.h"
#include "live_events.h"
#include "live_guide.h"
#include "live_rest.h"
#include "live_settings.h"
#include "live_show.h"
#include "live_talk.h"
#include "options.h"
#include "outputs.h"
#include "signals.h"
#include "talk.h"

#include "live/calibration.h"
#include "live/desk.h"
#include "record/recorder.h"

#include "myotwitch/version.h"

#include <math.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static volatile sig_atomic_t stop_asked;

static void on_signal(int number)
{
    (void)number;
    stop_asked = 1;
}

static int usage(const char *command, const char *text)
{
    fprintf(stderr, "myotwitch %s: %s\n", command, text);
    return EXIT_USAGE;
}

/* --- the session --------------------------------------------------------------------------- */

typedef struct {
    const live_settings *chosen;
    myo_desk_options options;
    myo_desk *desk;
    const myo_source_info *info;
    myo_config config;
    char *config_text;
    myo_feed *feed;
    live_beside *beside;
    uint16_t port;
    char calibration_text[320];
    live_events *events;
    live_cine *cine;
    live_rest *rest;
    live_guide *guide;
    live_show_options show_options;
    live_show *show;
    myo_desk_end end;
    myo_why why;
} session;

static myo_status out_of_memory(session *self)
{
    return myo_why_set(&self->why, MYO_ERR_NO_MEMORY, "out of memory");
}

static myo_status recorder_open(session *self)
{
    const live_settings *chosen = self->chosen;
    myo_recorder *recorder = NULL;
    const size_t size = myo_config_print(&self->config, NULL, 0) + 1;
    self->config_text = malloc(size);
    if (self->config_text == NULL) {
        return out_of_memory(self);
    }
    (void)myo_config_print(&self->config, self->config_text, size);
    const myo_record_head head = {.rate_hz = self->info->rate_hz,
                                  .channels = self->info->channels,
                                  .full_scale_uv = self->info->full_scale_uv,
                                  .names = self->info->channel_name,
                                  .device = myo_desk_name(self->desk),
                                  .detector = myo_detector_version(),
                                  .config_text = self->config_text,
                                  .recording =
                                      chosen->replay == NULL ? "" : myo_desk_name(self->desk),
                                  .wall_clock = chosen->wall_clock,
                                  .calibration = self->calibration_text,
                                  .lookback_s = chosen->lookback_s};
    const myo_status status = myo_recorder_open(chosen->record, &head, &recorder, &self->why);
    if (status == MYO_OK) {
        myo_desk_record(self->desk, recorder, chosen->record);
    }
    return status;
}

static void tell_guide(void *desk, const myo_feed_guide *guide)
{
    myo_desk_tell_guide(desk, guide);
}

/* Only who looks is guided. */
static myo_status guide_open(session *self)
{
    const live_guide_ear ear = {tell_guide, self->desk};
    const int done = live_guide_new(self->chosen->session, self->info->rate_hz, ear, &self->guide);
    return done == EXIT_DONE        ? MYO_OK
           : done == EXIT_BAD_INPUT ? myo_why_set(&self->why, MYO_ERR_FORMAT,
                                                  "--session %s is refused", self->chosen->session)
                                    : out_of_memory(self);
}

/* Everything that can be refused, before the first frame is taken. */
static myo_status prepare(session *self)
{
    const analysis_settings *analysis = &self->chosen->analysis;
    myo_status status = myo_desk_new(&self->options, &self->desk, &self->why);
    if (status != MYO_OK) {
        return status;
    }
    self->info = myo_desk_info_get(self->desk);
    status = analysis_config_make(analysis, self->info, &self->config, &self->why);
    if (status == MYO_OK) {
        status = myo_desk_configure(self->desk, &self->config, &self->why);
    }
    if (status == MYO_OK && self->chosen->record != NULL) {
        status = recorder_open(self);
    }
    if (status == MYO_OK && myo_desk_attach(self->desk, &self->feed) != MYO_OK) {
        status = out_of_memory(self);
    }
    const live_beside_options beside = {.sound = self->chosen->sound,
                                        .remote = self->chosen->remote != NULL,
                                        .port = self->port,
                                        .events_socket = self->chosen->events_socket,
                                        .recording = myo_desk_name(self->desk),
                                        .config = &self->config,
                                        .sound_tones = self->options.replay != NULL &&
                                                       self->options.speed != 1.0};
    if (status == MYO_OK) {
        status = live_beside_new(&beside, self->desk, &self->beside, &self->why);
    }
    const live_events_source source = {.settings = analysis,
                                       .info = self->info,
                                       .recording = myo_desk_name(self->desk),
                                       .input = self->chosen->replay,
                                       .config = &self->config};
    if (status == MYO_OK) {
        status = live_events_new(&source, &self->events, &self->why);
    }
    if (status == MYO_OK && self->chosen->cine.cine != NULL) {
        status = live_cine_new(&self->chosen->cine, self->chosen->replay != NULL, self->desk,
                               &self->cine, &self->why);
    }
    if (status == MYO_OK && self->cine != NULL && self->show_options.web &&
        live_cine_film(self->cine, &self->show_options.film) != MYO_OK) {
        status = out_of_memory(self);
    }
    if (status == MYO_OK) {
        status = live_rest_new(self->info, self->desk, &self->rest);
    }
    if (status == MYO_OK && (self->show_options.web || self->show_options.view)) {
        status = guide_open(self);
    }
    if (status == MYO_OK) {
        status = live_show_new(&self->show_options, self->desk, myo_feed_head_get(self->feed),
                               &self->show, &self->why);
    }
    if (status == MYO_OK) {
        status = myo_desk_start(self->desk, &self->why);
    }
    if (status == MYO_OK && self->cine != NULL && live_cine_start(self->cine) != MYO_OK) {
        status = out_of_memory(self);
    }
    return status;
}

/* Takes what waits; true at the end of the session. */
static bool follow_some(session *self, myo_status *status)
{
    myo_feed_message message;
    while (myo_feed_next(self->feed, &message)) {
        if (*status == MYO_OK) {
            *status = live_events_take(self->events, &message, &self->why);
        }
        if (*status == MYO_OK) {
            *status = live_cine_take(self->cine, &message);
        }
        if (*status == MYO_OK) {
            *status = live_rest_take(self->rest, &message);
        }
        if (*status == MYO_OK) {
            *status = live_guide_take(self->guide, &message);
        }
        live_show_take(self->show, &message);
        if (message.kind == MYO_FEED_END) {
            return true;
        }
        if (*status != MYO_OK) {
            myo_desk_stop(self->desk); /* nobody reads the output any more, or the disk is full */
        }
    }
    return false;
}

static myo_status follow(session *self)
{
    struct pollfd wait = {.fd = myo_feed_fd(self->feed), .events = POLLIN};
    myo_status status = MYO_OK;
    while (!follow_some(self, &status)) {
        (void)poll(&wait, 1, 100);
        live_show_turn(self->show);
        live_cine_turn(self->cine);
        if (stop_asked) {
            myo_desk_stop(self->desk);
        }
    }
    return status;
}

static myo_status run(session *self)
{
    myo_status status = prepare(self);
    if (status != MYO_OK) {
        return status;
    }
    status = follow(self);
    live_show_leave(self->show);
    myo_desk_join(self->desk, &self->end);
    if (status == MYO_OK) {
        status = live_events_finish(self->events, &self->end.tail, &self->why);
    }
    if (status == MYO_OK) {
        status = live_cine_finish(self->cine, self->end.frames, &self->why);
    }
    live_talk_end(myo_feed_head_get(self->feed), &self->end);
    return status;
}

static int exit_status(const session *self, myo_status status)
{
    if (status != MYO_OK) {
        return analysis_exit_status(status);
    }
    if (self->end.lost) {
        return EXIT_DEVICE_LOST;
    }
    if (self->end.record_why.text[0] != '\0') {
        return EXIT_FAILED;
    }
    return self->end.damaged ? EXIT_BAD_INPUT : EXIT_DONE;
}

/* 0 = as fast as it goes. */
static bool speed_read(const char *text, double *speed)
{
    *speed = text == NULL ? 1.0 : 0.0;
    return text == NULL || strcmp(text, "max") == 0 ||
           (options_number(text, speed) && *speed >= 0.1 && *speed <= 1000.0);
}

static bool port_read(const char *text, uint16_t *port)
{
    double number = 0.0;
    bool ok = text == NULL || (options_number(text, &number) && number >= 0.0 &&
                               number <= 65535.0 && number == floor(number));
    *port = ok ? (uint16_t)number : 0;
    return ok;
}

/* Says what was taken over, so that a calibration of another device is seen. */
static int calibration_take(const char *command, const live_settings *chosen, session *self)
{
    myo_calibration calibration;
    self->options.full_scale_uv = chosen->analysis.full_scale_uv;
    if (chosen->calibration == NULL) {
        return OPTIONS_GO;
    }
    if (chosen->analysis.full_scale_uv > 0.0) {
        return usage(command, "--calibration and --full-scale-uv exclude each other");
    }
    if (myo_calibration_read(chosen->calibration, &calibration, &self->why) != MYO_OK) {
        talk_file(command, "calibration", self->why.text);
        return EXIT_BAD_INPUT;
    }
    self->options.full_scale_uv = calibration.full_scale_uv;
    myo_calibration_print(&calibration, self->calibration_text, sizeof self->calibration_text);
    talk_file(command, "calibration", self->calibration_text);
    return OPTIONS_GO;
}

/* The last to be written would replace the others, with --force even the recording. */
static int outputs_check(const char *command, const live_settings *chosen)
{
    const char *const names[] = {chosen->record, chosen->analysis.events, chosen->analysis.tsv,
                                 chosen->cine.events, chosen->events_socket};
    const char *shared = outputs_shared(names, sizeof names / sizeof names[0]);
    if (shared != NULL) {
        fprintf(stderr, "myotwitch %s: two outputs have one name: %s\n", command, shared);
    }
    return shared != NULL ? EXIT_USAGE : OPTIONS_GO;
}

/* What was asked for is not possible: an exit status, or OPTIONS_GO. */
static int check(const char *command, const live_settings *chosen, session *self)
{
    if (!speed_read(chosen->speed, &self->options.speed)) {
        return usage(command, "--speed takes 0.1 to 1000, or max");
    }
    if (chosen->speed != NULL && chosen->replay == NULL) {
        return usage(command, "--speed needs --replay");
    }
    if (!port_read(chosen->remote, &self->port)) {
        return usage(command, "--remote takes a port, 0 to 65535");
    }
    if (!port_read(chosen->web, &self->show_options.port)) {
        return usage(command, "--web takes a port, 0 to 65535");
    }
    if (chosen->session != NULL && chosen->web == NULL && !chosen->view) {
        return usage(command, "--session needs --web or --view");
    }
    if (chosen->open && chosen->web == NULL) {
        return usage(command, "--open needs --web");
    }
    if (chosen->device != NULL && chosen->replay != NULL) {
        return usage(command, "--device and --replay exclude each other");
    }
    if (chosen->cine.events != NULL && chosen->cine.cine == NULL) {
        return usage(command, "--cine-events needs --cine");
    }
    if (chosen->lookback_s > 0.0 && chosen->record == NULL) {
        return usage(command, "--lookback needs --record");
    }
    if (chosen->on_twitch && chosen->lookback_s <= 0.0) {
        return usage(command, "--on-twitch needs --lookback");
    }
    return calibration_take(command, chosen, self);
}

static int run_command(const char *command, const live_settings *chosen)
{
    session self = {.chosen = chosen,
                    .show_options = {.web = chosen->web != NULL,
                                     .open = chosen->open,
                                     .sound = chosen->sound != NULL,
                                     .view = chosen->view}};
    int status = check(command, chosen, &self);
    if (status == OPTIONS_GO) {
        status = outputs_check(command, chosen);
    }
    if (status != OPTIONS_GO) {
        return status;
    }
    const analysis_settings *analysis = &chosen->analysis;
    self.options = (myo_desk_options){.device = chosen->device,
                                      .rate_hz = analysis->rate_hz,
                                      .channels = analysis->channels,
                                      .full_scale_uv = self.options.full_scale_uv,
                                      .block_s = 1e-3 * chosen->block_ms,
                                      .unpaced = chosen->unpaced,
                                      .allow_silence = chosen->allow_silence,
                                      .replay = chosen->replay,
                                      .speed = self.options.speed,
                                      .dataset = analysis->dataset,
                                      .channels_first = analysis->channels_first,
                                      .record_on_twitch = chosen->on_twitch,
                                      .duration_s = chosen->duration_s};
    signals_take(on_signal);
    const myo_status done = run(&self);
    live_show_leave(self.show);
    if (done != MYO_OK) {
        talk_file(command, chosen->replay != NULL ? chosen->replay : "device",
                  self.why.text[0] != '\0' ? self.why.text : myo_status_text(done));
    }
    live_show_free(self.show);
    live_guide_free(self.guide);
    live_rest_free(self.rest);
    live_cine_free(self.cine);
    live_events_free(self.events);
    live_beside_free(self.beside);
    myo_desk_free(self.desk);
    free(self.config_text);
    return exit_status(&self, done);
}

int command_live(int argc, char **argv)
{
    live_settings chosen = {.cine = {.interval_s = (double)NAN,
                                     .mm_per_px = (double)NAN,
                                     .needle_deg = (double)NAN,
                                     .carrier_hz = (double)NAN}};
    int first = 0;
    const int status = options_parse(&live_page, argc, argv, &chosen, &first);
    if (status != OPTIONS_GO) {
        return status;
    }
    chosen.analysis.quiet = chosen.analysis.quiet || chosen.view;
    chosen.cine.force = chosen.analysis.force;
    return first < argc ? usage("live", "takes no FILE; use --replay FILE")
                        : run_command("live", &chosen);
}

int command_record(int argc, char **argv)
{
    live_settings chosen = {.analysis = {.quiet = true}};
    int first = 0;
    const int status = options_parse(&live_record_page, argc, argv, &chosen, &first);
    if (status != OPTIONS_GO) {
        return status;
    }
    if (first + 1 != argc) {
        return usage("record", "takes one FILE; see 'myotwitch record --help'");
    }
    chosen.record = argv[first];
    return run_command("record", &chosen);
}
