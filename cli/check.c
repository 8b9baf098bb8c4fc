/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `myotwitch check`: the rules of the technique model over a session. */
#include "clinic_files.h"
#include "command.h"
#include "options.h"

#include "myotwitch/check.h"
#include "myotwitch/version.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SESSIONS_MAX = 256 };

typedef struct {
    const char *overlay;
    bool gate, json, by_time, all;
} settings;

static const option_row rows[] = {
    OPTION_FLAG_ROW(settings, gate, "gate", 'g', "status 5 if anything says stop"),
    OPTION_FLAG_ROW(settings, by_time, "by-time", 't', "in order of time, not by trigger point"),
    OPTION_FLAG_ROW(settings, all, "all", 'a', "also what is ok and what was not assessed"),
    OPTION_FLAG_ROW(settings, json, "json", 'j', "one JSON object a line, always all"),
    OPTION_TEXT_ROW(settings, overlay, "overlay", 0, "DIR",
                    "lay the .yaml files of DIR over the shipped model"),
    OPTION_END,
};

static const char *const examples[] = {
    "myotwitch check session.json",
    "what the rules say, by trigger point, severest first",
    "myotwitch check --gate week1.json week2.json week3.json",
    "the latest of a course, judged with the others behind it; status 5 on a stop",
    NULL,
};

static const option_page page = {
    "check",
    "SESSION...",
    "the rules over a session",
    "The session of the latest date is checked; the others are its course and must be of the same\n"
    "patient code. A stop comes from what people recorded, and no signal cancels it. What was not\n"
    "recorded is not assessed, never ok. The rules remind; they are no medical advice.",
    rows,
    examples};

static const char *or_empty(const char *text)
{
    return text != NULL ? text : "";
}

static void print_times(const myo_annotation *a)
{
    if (isnan(a->t0)) {
        printf("%8s %8s ", "", "");
    } else if (isnan(a->t1)) {
        printf("%8.1f %8s ", a->t0, "");
    } else {
        printf("%8.1f %8.1f ", a->t0, a->t1);
    }
}

static void print_annotation(const myo_annotation *a)
{
    char measured[128];
    bool band = a->expected[0] != '\0';
    snprintf(measured, sizeof measured, "%s%s%s%s%s", a->shown,
             a->shown[0] != '\0' && band ? " " : "", band ? "[" : "", a->expected, band ? "]" : "");
    print_times(a);
    printf("%-9s %-14s %-12s %-20s %-24s %s %-4s %s\n",
           a->step_kind != 0 ? myo_step_kind_name((myo_step_kind)a->step_kind) : "-", a->label,
           myo_severity_name((myo_severity)a->severity), a->code, measured, a->rule,
           or_empty(a->fact), a->severity == MYO_SAYS_OK ? "" : a->text);
}

static void print_heading(const myo_session *session, const char *id)
{
    const myo_point *point = myo_session_find(session, MYO_POINTS, id);
    static const char *const sides[] = {"", ", left", ", right", ", both sides"};
    if (point == NULL) {
        printf("session\n");
    } else {
        printf("point %s: %s%s\n", id, point->muscle, sides[point->side]);
    }
}

static void print_text(const settings *chosen, const myo_session *session, const myo_check *check)
{
    size_t fine = 0, open = 0;
    const char *group = NULL;
    for (size_t i = 0; i < myo_check_count(check); i++) {
        const myo_annotation *a = myo_check_at(check, i);
        fine += a->severity == MYO_SAYS_OK;
        open += a->severity == MYO_NOT_ASSESSED;
        if (!chosen->all && a->severity <= MYO_SAYS_OK) {
            continue;
        }
        const char *point = or_empty(a->point);
        if (!chosen->by_time && (group == NULL || strcmp(group, point) != 0)) {
            print_heading(session, point);
            group = point;
        }
        print_annotation(a);
    }
    printf("%zu ok, %zu not assessed%s\n%s\n", fine, open, chosen->all ? "" : " (--all lists them)",
           myo_honest_sentence());
}

static int print_json(const myo_check *check)
{
    for (size_t i = 0; i < myo_check_count(check); i++) {
        myo_string text = {0};
        myo_annotation_json(&text, myo_check_at(check, i));
        if (text.failed) {
            return EXIT_FAILED;
        }
        puts(text.data);
        myo_string_free(&text);
    }
    return EXIT_DONE;
}

static int check_sessions(const settings *chosen, myo_session **sessions, size_t count)
{
    const myo_session *course[SESSIONS_MAX] = {NULL};
    for (size_t i = 0; i < count; i++) {
        course[i] = sessions[i];
    }
    int status = clinic_sort_sessions("check", course, count);
    if (status != EXIT_DONE) {
        return status;
    }
    myo_check *check = NULL;
    myo_status run = myo_check_run(course, count, &check);
    if (run != MYO_OK) {
        fprintf(stderr, "myotwitch check: %s\n",
                run == MYO_ERR_BAD_ARG ? "the sessions are not of one patient code"
                                       : myo_status_text(run));
        return run == MYO_ERR_BAD_ARG ? EXIT_BAD_INPUT : EXIT_FAILED;
    }
    myo_check_sort(check, chosen->by_time ? MYO_BY_TIME : MYO_BY_POINT);
    if (chosen->json) {
        status = print_json(check);
    } else {
        print_text(chosen, course[count - 1], check);
    }
    bool stops = myo_check_stops(check);
    myo_check_free(check);
    return status == EXIT_DONE && chosen->gate && stops ? EXIT_GATE : status;
}

int command_check(int argc, char **argv)
{
    settings chosen = {0};
    int first = 0;
    int status = options_parse(&page, argc, argv, &chosen, &first);
    if (status != OPTIONS_GO) {
        return status;
    }
    size_t count = (size_t)(argc - first);
    if (count == 0 || count > SESSIONS_MAX) {
        fprintf(stderr, "myotwitch check: one session or a course of up to %d; see --help\n",
                SESSIONS_MAX);
        return EXIT_USAGE;
    }
    myo_clinic *clinic = NULL;
    myo_session *sessions[SESSIONS_MAX] = {NULL};
    status = clinic_load("check", chosen.overlay, false, &clinic);
    for (size_t i = 0; i < count && status == EXIT_DONE; i++) {
        status = clinic_read_session("check", clinic, argv[first + (int)i], false, &sessions[i]);
    }
    if (status == EXIT_DONE) {
        status = check_sessions(&chosen, sessions, count);
    }
    for (size_t i = 0; i < count; i++) {
        myo_session_free(sessions[i]);
    }
    myo_clinic_free(clinic);
    return status;
}
