/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `myotwitch recover`: what is left of a recording that was cut off, as a session file. */
#include "command.h"
#include "options.h"
#include "talk.h"

#include "record/recover.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

typedef struct {
    const char *out;
} settings;

static const option_row rows[] = {
    OPTION_TEXT_ROW(settings, out, "out", 'o', "OUT", "where the copy goes; it must not exist"),
    OPTION_END,
};

static const char *const examples[] = {
    "myotwitch recover session.nwb --out recovered.nwb",
    "copies all that had reached the disk, and tells what that is", NULL};

static const option_page page = {
    "recover",
    "IN --out OUT",
    "copy what is left of a recording that was cut off",
    "For recordings of 'live' and 'record' that were ended by a crash, a power cut or a full "
    "disk.\n"
    "IN is only read. OUT is a complete session file. After a crash of the program at most the\n"
    "last 200 ms are missing, after a power cut the last 1.2 s. Every tenth of a second of "
    "samples\n"
    "is checked against the hash that was stored with it; what does not match is left out, or, in\n"
    "the middle, written as missing and listed as a gap.\n\n"
    "A recording that is still under way may be given: OUT then holds what was there so far.\n"
    "Do not use h5clear on such a file: it can cut it down to a few hundred bytes.",
    rows,
    examples};

static void report_print(const myo_recover_report *report)
{
    printf("recovered %" PRId64 " frames of %u channels, %.3f s\n", report->frames,
           report->channels, report->seconds);
    printf("events %" PRId64 ", reports %" PRId64 ", marks %" PRId64 "\n", report->events,
           report->reports, report->marks);
    printf("last whole flush at %.3f s; frames behind it, left out: %" PRId64 "\n",
           report->last_flush_s, report->beyond);
    if (report->missing > 0) {
        printf("damaged in the middle, written as missing: %" PRId64 " frames\n", report->missing);
    }
    if (report->rows_lost > 0) {
        printf("rows of tables that are not whole, left out: %" PRId64 "\n", report->rows_lost);
    }
    if (report->missing_confinement[0] != '\0') {
        printf("this kernel could not confine the reading by %s\n", report->missing_confinement);
    }
    printf("the original ends with: ");
    talk_clean(report->state, stdout);
    printf("\n");
}

static int exit_of(myo_status status)
{
    return status == MYO_ERR_NO_MEMORY || status == MYO_ERR_WRITE || status == MYO_ERR_EXISTS
               ? EXIT_FAILED
               : EXIT_BAD_INPUT;
}

int command_recover(int argc, char **argv)
{
    settings chosen = {0};
    int first = 0;
    int status = options_parse(&page, argc, argv, &chosen, &first);
    if (status != OPTIONS_GO) {
        return status;
    }
    if (argc - first != 1 || chosen.out == NULL) {
        fputs("myotwitch recover: IN and --out OUT are needed; see 'myotwitch recover --help'\n",
              stderr);
        return EXIT_USAGE;
    }
    myo_recover_report report;
    myo_why why;
    const char *in = argv[first];
    if (access(in, R_OK) != 0) {
        talk_file("recover", in, "cannot be opened");
        return EXIT_BAD_INPUT;
    }
    myo_status result = myo_recover(in, chosen.out, &report, &why);
    if (result != MYO_OK) {
        talk_file("recover", exit_of(result) == EXIT_FAILED ? chosen.out : in, why.text);
        return exit_of(result);
    }
    report_print(&report);
    return EXIT_DONE;
}
