/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `myotwitch live` and `record`: a device, or a file replayed as one, through the detector as it happens. */
#include "analysis_options.h"
#include "command.h"
#include "live_beside.h"
#include "live_events.h"
#include "live_rest.h"
#include "live_show.h"
#include "live_talk.h"
#include "options.h"
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

typedef struct {
    analysis_settings analysis;
    const char *device, *replay, *speed;
    double duration_s, block_ms;
    bool unpaced, allow_silence;
    const char *record;
    bool wall_clock, on_twitch;
    double lookback_s;
    const char *calibration;
    const char *sound, *remote, *events_socket;
    const char *web;
    bool open, view;
} settings;

/* How a device or file is taken. */
#define INTAKE_ROWS                                                                                \
    OPTION_TEXT_ROW(                                                                               \
        settings, device, "device", 'D', "NAME",                                                   \
        "the input: its number or part of its name, as 'myotwitch devices' lists them"),           \
        OPTION_TEXT_ROW(settings, replay, "replay", 'R', "FILE",                                   \
                        "replay FILE as if it were a device"),                                     \
        OPTION_TEXT_ROW(settings, speed, "speed", 0, "X",                                          \
                        "replay X times as fast as it was recorded, or max (default 1)"),          \
        OPTION_NUMBER_ROW(settings, duration_s, "duration", 0, "S",                                \
                          "end after S seconds of signal", 0.001, 1e7),                            \
        OPTION_NUMBER_ROW(settings, block_ms, "block", 0, "MS",                                    \
                          "ask the device for blocks of about so long (default 4)", 0.5, 1000),    \
        OPTION_FLAG_ROW(                                                                           \
            settings, unpaced, "unpaced", 0,                                                       \
            "the device does not keep real time (JACK freewheel): take no loss from time"),        \
        OPTION_FLAG_ROW(                                                                           \
            settings, allow_silence, "allow-silence", 0,                                           \
            "go on when nothing changes on any channel; else the device is taken for dead")

/* How it is recorded. */
#define RECORDING_ROWS                                                                             \
    OPTION_NUMBER_ROW(settings, lookback_s, "lookback", 'L', "S",                                  \
                      "keep nothing until the command 'record' or --on-twitch, then S seconds "    \
                      "of before, too",                                                            \
                      1, 600),                                                                     \
        OPTION_FLAG_ROW(settings, on_twitch, "on-twitch", 0,                                       \
                        "with --lookback: the first twitch begins the recording"),                 \
        OPTION_TEXT_ROW(settings, calibration, "calibration", 'k', "FILE",                         \
                        "take --full-scale-uv from FILE, which 'myotwitch calibrate' wrote"),      \
        OPTION_FLAG_ROW(settings, wall_clock, "wall-clock", 0, "store the time of day in FILE")

static const option_row rows[] = {
    INTAKE_ROWS,
    OPTION_TEXT_ROW(settings, record, "record", 'w', "FILE",
                    "record everything into the session file FILE, crash-safe"),
    RECORDING_ROWS,
    OPTION_FLAG_ROW(settings, view, "view", 'v', "show traces, counts and events in this terminal"),
    OPTION_TEXT_ROW(settings, web, "web", 'W', "PORT",
                    "show the live page to browsers of this machine on that port; 0 = a free one"),
    OPTION_FLAG_ROW(settings, open, "open", 0, "with --web: open it in the browser (xdg-open)"),
    OPTION_TEXT_ROW(settings, sound, "sound", 'S', "NAME",
                    "hear the EMG and a tone at each twitch on the output NAME, or on \"default\""),
    OPTION_TEXT_ROW(settings, remote, "remote", 0, "PORT",
                    "take command lines on that port of 127.0.0.1; 0 = a free one"),
    OPTION_TEXT_ROW(settings, events_socket, "events-socket", 0, "PATH",
                    "give events as JSON Lines to whoever connects to the Unix socket PATH"),
    OPTION_TEXT_ROW(settings, analysis.events, "events", 'e', "FILE",
                    "write the events as JSON Lines to FILE, - for standard output as they come"),
    OPTION_TEXT_ROW(settings, analysis.tsv, "tsv", 't', "FILE",
                    "write the events as tab-separated values to FILE, - for standard output"),
    OPTION_FLAG_ROW(settings, analysis.force, "force", 0, "replace --events and --tsv that exist"),
    OPTION_FLAG_ROW(settings, analysis.provisional, "provisional", 'p',
                    "write every stage of an event, in the order of the decisions"),
    ANALYSIS_OPTION_ROWS(settings),
    OPTION_FLAG_ROW(settings, analysis.quiet, "quiet", 'q', "no table of the twitches"),
    OPTION_END,
};

static const char *const examples[] = {
    "myotwitch live --replay session.wav",
    "try it without any hardware",
    "myotwitch live --replay session.wav --web 8123 --open",
    "with the live page in the browser; --view: in this terminal",
    "myotwitch live --device USB --channels 0,1 --full-scale-uv 4000 --record today.nwb",
    "two channels of a device whose name has USB in it, recorded",
    "myotwitch live --replay session.wav --speed max --events -",
    "the same event lines as analyze, as fast as they can be made",
    NULL,
};

static const option_page page = {
    "live",
    "",
    "detect as it happens: from a device, or from a replayed file",
    "Frames come from an audio input (PortAudio) in a process of its own, so that a device that "
    "is\n"
    "pulled out or a driver that hangs harms nothing. What the device loses is found from when "
    "its\n"
    "blocks come and becomes a gap; time never shifts. A device that stalls, dies or delivers\n"
    "nothing but one value is reported within two seconds, the recording is closed, and the exit\n"
    "status is 4.\n\n"
    "Events, marks and their order are those of analyze on the same samples. Ctrl-C ends the\n"
    "session; standard error then tells the latency of the device, of its blocks and of the\n"
    "detector, each apart.\n\n"
    "Use an isolated amplifier. A bare microphone input may feed 48 V into the electrodes.",
    rows,
    examples};

static const option_row record_rows[] = {
    INTAKE_ROWS,
    RECORDING_ROWS,
    OPTION_TEXT_ROW(settings, remote, "remote", 0, "PORT",
                    "take command lines on that port of 127.0.0.1; 0 = a free one"),
    ANALYSIS_OPTION_ROWS(settings),
    OPTION_END,
};

static const char *const record_examples[] = {
    "myotwitch record --device USB --duration 28800 night.nwb",
    "eight hours without anybody there",
    "myotwitch record --device USB --lookback 60 --on-twitch twitch.nwb",
    "begins a minute before the first twitch",
    NULL,
};

static const option_page record_page = {
    "record",
    "FILE",
    "record without a display, for unattended use",
    "The same as live --record FILE without its table: frames, gaps, events and marks go into a\n"
    "session file that is readable at any instant and outlives a crash (recover). FILE is never\n"
    "overwritten. A device that is lost ends the recording, which is closed and valid within\n"
    "three seconds, with status 4.",
    record_rows,
    record_examples};

static volatile sig_atomic_t stop_asked;

static void on_signal(int number)
{
    (void)number;
    stop_asked = 1;
}

static void signals_take(void)
{
    struct sigaction stop = {.sa_handler = on_signal};
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    (void)sigaction(SIGINT, &stop, NULL);
    (void)sigaction(SIGTERM, &stop, NULL);
    (void)sigaction(SIGPIPE, &ignore, NULL);
}

static int usage(const char *command, const char *text)
{
    fprintf(stderr, "myotwitch %s: %s\n", command, text);
    return EXIT_USAGE;
}

/* --- the session --------------------------------------------------------------------------- */

typedef struct {
    const settings *chosen;
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
    live_rest *rest;
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
    const settings *chosen = self->chosen;
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
                                       .config = &self->config};
    if (status == MYO_OK) {
        status = live_events_new(&source, &self->events, &self->why);
    }
    if (status == MYO_OK) {
        status = live_rest_new(self->info, self->desk, &self->rest);
    }
    if (status == MYO_OK) {
        status = live_show_new(&self->show_options, self->desk, myo_feed_head_get(self->feed),
                               &self->show, &self->why);
    }
    return status == MYO_OK ? myo_desk_start(self->desk, &self->why) : status;
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
            *status = live_rest_take(self->rest, &message);
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
static int calibration_take(const char *command, const settings *chosen, session *self)
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

/* What was asked for is not possible: an exit status, or OPTIONS_GO. */
static int check(const char *command, const settings *chosen, session *self)
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
    if (chosen->open && chosen->web == NULL) {
        return usage(command, "--open needs --web");
    }
    if (chosen->device != NULL && chosen->replay != NULL) {
        return usage(command, "--device and --replay exclude each other");
    }
    if (chosen->lookback_s > 0.0 && chosen->record == NULL) {
        return usage(command, "--lookback needs --record");
    }
    if (chosen->on_twitch && chosen->lookback_s <= 0.0) {
        return usage(command, "--on-twitch needs --lookback");
    }
    return calibration_take(command, chosen, self);
}

static int run_command(const char *command, const settings *chosen)
{
    session self = {
        .chosen = chosen,
        .show_options = {.web = chosen->web != NULL, .open = chosen->open, .view = chosen->view}};
    const int status = check(command, chosen, &self);
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
    signals_take();
    const myo_status done = run(&self);
    live_show_leave(self.show);
    if (done != MYO_OK) {
        talk_file(command, chosen->replay != NULL ? chosen->replay : "device",
                  self.why.text[0] != '\0' ? self.why.text : myo_status_text(done));
    }
    live_show_free(self.show);
    live_rest_free(self.rest);
    live_events_free(self.events);
    live_beside_free(self.beside);
    myo_desk_free(self.desk);
    free(self.config_text);
    return exit_status(&self, done);
}

int command_live(int argc, char **argv)
{
    settings chosen = {0};
    int first = 0;
    const int status = options_parse(&page, argc, argv, &chosen, &first);
    if (status != OPTIONS_GO) {
        return status;
    }
    chosen.analysis.quiet = chosen.analysis.quiet || chosen.view;
    return first < argc ? usage("live", "takes no FILE; use --replay FILE")
                        : run_command("live", &chosen);
}

int command_record(int argc, char **argv)
{
    settings chosen = {.analysis = {.quiet = true}};
    int first = 0;
    const int status = options_parse(&record_page, argc, argv, &chosen, &first);
    if (status != OPTIONS_GO) {
        return status;
    }
    if (first + 1 != argc) {
        return usage("record", "takes one FILE; see 'myotwitch record --help'");
    }
    chosen.record = argv[first];
    return run_command("record", &chosen);
}
