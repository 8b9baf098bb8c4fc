/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The program: a table of commands. */
#include "command.h"
#include "options.h"
#include "signals.h"
#include "standard.h"

#include "live/capture.h"
#include "live/sound_share.h"

#include "myotwitch/version.h"

#include <stdio.h>
#include <string.h>

typedef struct {
    const char *name;
    const char *about;
    command_main *run;
} command;

static const command commands[] = {
    {"analyze", "find local twitch responses in recordings", command_analyze},
    {"batch", "analyze trees of recordings, resumable, in parallel", command_batch},
    {"bench", "measure speed, latency and detection on this machine", command_bench},
    {"bids", "the same as a BIDS App", command_bids},
    {"calibrate", "measure full scale from a known signal", command_calibrate},
    {"check", "the rules over a session", command_check},
    {"convert", "write a recording or its marks in another format", command_convert},
    {"devices", "list the inputs and outputs for a live session", command_devices},
    {"info", "tell what a recording holds", command_info},
    {"live", "detect as it happens: from a device, or from a replayed file", command_live},
    {"model", "ask the clinical technique model", command_model},
    {"record", "record without a display, for unattended use", command_record},
    {"recover", "copy what is left of a recording that was cut off", command_recover},
    {"report", "write a session as a page to read and print", command_report},
    {"score", "measure events against labels", command_score},
    {"session", "make, show and change the record of a session", command_session},
    {"sync", "find how the clocks of EMG and ultrasound lie", command_sync},
    {"synth", "make labelled synthetic sessions", command_synth},
    {"version", "print the versions", command_version},
    {NULL, NULL, NULL},
};

typedef struct {
    bool all;
} version_settings;

static const option_row version_rows[] = {
    OPTION_FLAG_ROW(version_settings, all, "all", 'a', "the libraries and the compiler, too"),
    OPTION_END,
};
static const option_page version_page = {
    "version",
    "",
    "print the versions",
    "The detector's version changes whenever the same samples and configuration could give other\n"
    "events; it is written into every output. --all adds the libraries that the program was built "
    "with.",
    version_rows,
    NULL};

int command_version(int argc, char **argv)
{
    int first = 0;
    version_settings chosen = {false};
    int status = options_parse(&version_page, argc, argv, &chosen, &first);
    if (status != OPTIONS_GO) {
        return status;
    }
    if (first < argc) {
        fputs("myotwitch version: takes no operand\n", stderr);
        return EXIT_USAGE;
    }
    printf("myotwitch %s, detector %s\n", myo_version(), myo_detector_version());
    if (chosen.all) {
        printf("glibc: %d.%d\n", __GLIBC__, __GLIBC_MINOR__);
        fputs(MYO_BUILT_WITH, stdout);
    }
    return EXIT_DONE;
}

static void print_help(FILE *out)
{
    fprintf(out, "usage: myotwitch COMMAND [OPTION...]\n\n");
    for (const command *c = commands; c->name != NULL; c++) {
        fprintf(out, "  %-10s %s\n", c->name, c->about);
    }
    fprintf(out, "\n'myotwitch COMMAND --help' tells more.\n%s\n", myo_honest_sentence());
}

static int run(int argc, char **argv)
{
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "help") == 0) {
        print_help(stdout);
        return EXIT_DONE;
    }
    if (strcmp(argv[1], "--version") == 0) {
        return command_version(argc - 1, argv + 1);
    }
    for (const command *c = commands; c->name != NULL; c++) {
        if (strcmp(argv[1], c->name) == 0) {
            return c->run(argc - 1, argv + 1);
        }
    }
    fprintf(stderr, "myotwitch: no command '%s'; see 'myotwitch --help'\n", argv[1]);
    return EXIT_USAGE;
}

int main(int argc, char **argv)
{
    standard_hold();
    if (argc < 2) {
        print_help(stderr);
        return EXIT_USAGE;
    }
    if (strcmp(argv[1], MYO_SOUND_COMMAND) == 0) { /* the program itself calls these two */
        return myo_sound_main(argc - 1, argv + 1);
    }
    if (strcmp(argv[1], MYO_CAPTURE_COMMAND) == 0) {
        return myo_capture_main(argc - 1, argv + 1);
    }
    signals_tidy();
    return standard_end(argv[1], run(argc, argv));
}
