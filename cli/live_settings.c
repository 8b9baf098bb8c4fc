/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The option tables of `live` and `record`, and their help. */
#include "live_settings.h"

#include "analysis_options.h"
#include "cine_options.h"

/* How a device or file is taken. */
#define INTAKE_ROWS                                                                                \
    OPTION_TEXT_ROW(                                                                               \
        live_settings, device, "device", 'D', "NAME",                                              \
        "the input: its number or part of its name, as 'myotwitch devices' lists them"),           \
        OPTION_TEXT_ROW(live_settings, replay, "replay", 'R', "FILE",                              \
                        "replay FILE as if it were a device"),                                     \
        OPTION_TEXT_ROW(live_settings, speed, "speed", 0, "X",                                     \
                        "replay X times as fast as it was recorded, or max (default 1)"),          \
        OPTION_NUMBER_ROW(live_settings, duration_s, "duration", 0, "S",                           \
                          "end after S seconds of signal", 0.001, 1e7),                            \
        OPTION_NUMBER_ROW(live_settings, block_ms, "block", 0, "MS",                               \
                          "ask the device for blocks of about so long (default 4)", 0.5, 1000),    \
        OPTION_FLAG_ROW(                                                                           \
            live_settings, unpaced, "unpaced", 0,                                                  \
            "the device does not keep real time (JACK freewheel): take no loss from time"),        \
        OPTION_FLAG_ROW(                                                                           \
            live_settings, allow_silence, "allow-silence", 0,                                      \
            "go on when nothing changes on any channel; else the device is taken for dead")

/* How it is recorded. */
#define RECORDING_ROWS                                                                             \
    OPTION_NUMBER_ROW(live_settings, lookback_s, "lookback", 'L', "S",                             \
                      "keep nothing until the command 'record' or --on-twitch, then S seconds "    \
                      "of before, too",                                                            \
                      1, 600),                                                                     \
        OPTION_FLAG_ROW(live_settings, on_twitch, "on-twitch", 0,                                  \
                        "with --lookback: the first twitch begins the recording"),                 \
        OPTION_TEXT_ROW(live_settings, calibration, "calibration", 'k', "FILE",                    \
                        "take --full-scale-uv from FILE, which 'myotwitch calibrate' wrote"),      \
        OPTION_FLAG_ROW(live_settings, wall_clock, "wall-clock", 0,                                \
                        "store the time of day in FILE")

static const option_row rows[] = {
    INTAKE_ROWS,
    OPTION_TEXT_ROW(live_settings, record, "record", 'w', "FILE",
                    "record everything into the session file FILE, crash-safe"),
    RECORDING_ROWS,
    OPTION_FLAG_ROW(live_settings, view, "view", 'v',
                    "show traces, counts and events in this terminal"),
    OPTION_TEXT_ROW(live_settings, web, "web", 'W', "PORT",
                    "show the live page to browsers of this machine on that port; 0 = a free one"),
    OPTION_TEXT_ROW(live_settings, session, "session", 0, "FILE",
                    "with --web or --view: what the clinical session FILE says counts, too"),
    OPTION_FLAG_ROW(live_settings, open, "open", 0,
                    "with --web: open it in the browser (xdg-open)"),
    OPTION_TEXT_ROW(live_settings, sound, "sound", 'S', "NAME",
                    "hear the EMG and a tone at each twitch on the output NAME, or on \"default\""),
    OPTION_TEXT_ROW(live_settings, remote, "remote", 0, "PORT",
                    "take command lines on that port of 127.0.0.1; 0 = a free one"),
    OPTION_TEXT_ROW(live_settings, events_socket, "events-socket", 0, "PATH",
                    "give events as JSON Lines to whoever connects to the Unix socket PATH"),
    OPTION_TEXT_ROW(live_settings, analysis.events, "events", 'e', "FILE",
                    "write the events as JSON Lines to FILE, - for standard output as they come"),
    OPTION_TEXT_ROW(live_settings, analysis.tsv, "tsv", 't', "FILE",
                    "write the events as tab-separated values to FILE, - for standard output"),
    OPTION_FLAG_ROW(live_settings, analysis.force, "force", 0,
                    "replace --events and --tsv that exist"),
    OPTION_FLAG_ROW(live_settings, analysis.provisional, "provisional", 'p',
                    "write every stage of an event, in the order of the decisions"),
    OPTION_TEXT_ROW(
        live_settings, cine.cine, "cine", 0, "FILE",
        "ultrasound beside it: a cine that is replayed along, a pipe, a frame grabber's "
        "v4l2:/dev/videoN, or a scanner's igtl://HOST:PORT"),
    OPTION_TEXT_ROW(live_settings, cine.events, "cine-events", 0, "FILE",
                    "write the events of the ultrasound as JSON Lines to FILE, - as they come"),
    OPTION_NUMBER_ROW(live_settings, cine.offset_s, "cine-offset", 0, "S",
                      "with --replay and a file: the recording's time when the ultrasound's is 0; "
                      "else minus the scanner's latency",
                      -1e9, 1e9),
    CINE_OPTION_ROWS(live_settings),
    ANALYSIS_OPTION_ROWS(live_settings),
    OPTION_FLAG_ROW(live_settings, analysis.quiet, "quiet", 'q', "no table of the twitches"),
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
    "myotwitch live --device USB --cine igtl://192.168.0.7:18944 --cine-events us.jsonl",
    "with the images of a scanner bridge",
    NULL,
};

const option_page live_page = {
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
    "--cine follows ultrasound along with the EMG; it never holds it up. Each twitch of the "
    "images\n"
    "says who saw it and leaves a mark on the page and in the recording.\n\n"
    "Use an isolated amplifier. A bare microphone input may feed 48 V into the electrodes.",
    rows,
    examples};

static const option_row record_rows[] = {
    INTAKE_ROWS,
    RECORDING_ROWS,
    OPTION_TEXT_ROW(live_settings, remote, "remote", 0, "PORT",
                    "take command lines on that port of 127.0.0.1; 0 = a free one"),
    ANALYSIS_OPTION_ROWS(live_settings),
    OPTION_END,
};

static const char *const record_examples[] = {
    "myotwitch record --device USB --duration 28800 night.nwb",
    "eight hours without anybody there",
    "myotwitch record --device USB --lookback 60 --on-twitch twitch.nwb",
    "begins a minute before the first twitch",
    NULL,
};

const option_page live_record_page = {
    "record",
    "FILE",
    "record without a display, for unattended use",
    "The same as live --record FILE without its table: frames, gaps, events and marks go into a\n"
    "session file that is readable at any instant and outlives a crash (recover). FILE is never\n"
    "overwritten. A device that is lost ends the recording, which is closed and valid within\n"
    "three seconds, with status 4.",
    record_rows,
    record_examples};
