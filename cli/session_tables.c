/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tables of `myotwitch session summary` and `myotwitch session course`. */
#include "session_tables.h"

#include "clinic_files.h"
#include "command.h"

#include "myotwitch/session_summary.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { POINTS_MAX = 256, SESSIONS_MAX = 256 };

/* Right-aligned, "-" for what was not recorded. */
static void print_number(int width, double value)
{
    if (isnan(value)) {
        printf(" %*s", width, "-");
    } else {
        printf(" %*.4g", width, value);
    }
}

int session_print_summary(const myo_session *session)
{
    myo_point_summary sums[POINTS_MAX];
    size_t count = myo_session_point_summaries(session, sums, POINTS_MAX);
    printf("%-10s %-26s %10s %8s %8s %6s %6s %8s %9s\n", "point", "muscle", "insertions",
           "answered", "twitches", "manual", "holds", "released", "first_s");
    for (size_t i = 0; i < count && i < POINTS_MAX; i++) {
        printf("%-10s %-26s %10zu %8zu %8zu %6zu %6zu %8zu", sums[i].point->record.id,
               sums[i].point->muscle, sums[i].insertions, sums[i].answered, sums[i].twitches,
               sums[i].manual, sums[i].holds, sums[i].released);
        print_number(9, sums[i].first_release_s);
        puts("");
    }
    return EXIT_DONE;
}

static void print_rows(const myo_session *const *course, size_t count)
{
    printf("%-12s %-10s %6s %7s %10s %8s %11s %11s %13s %13s\n", "session", "date", "points",
           "treated", "insertions", "twitches", "pain_before", "pain_after", "tension_before",
           "tension_after");
    for (size_t i = 0; i < count; i++) {
        myo_course_row row;
        myo_session_course_row(course[i], &row);
        printf("%-12s %-10s %6zu %7zu %10zu %8zu", row.id, row.date != NULL ? row.date : "-",
               row.points, row.treated, row.insertions, row.twitches);
        print_number(11, row.pain_first);
        print_number(11, row.pain_last);
        print_number(14, row.tension_first);
        print_number(13, row.tension_last);
        puts("");
    }
}

static void print_offenders(const myo_session *const *course, size_t count)
{
    myo_offender found[POINTS_MAX];
    size_t muscles = myo_course_offenders(course, count, found, POINTS_MAX);
    printf("\n%-26s %8s %6s %7s %14s\n", "muscle", "sessions", "points", "returns",
           "days_to_return");
    for (size_t i = 0; i < muscles; i++) {
        printf("%-26s %8zu %6zu %7zu", found[i].muscle, found[i].sessions, found[i].points,
               found[i].returns);
        print_number(14, found[i].days_to_return);
        puts("");
    }
}

static int print_course(const myo_session **course, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const char *patient = myo_session_head(course[i])->patient;
        const char *first = myo_session_head(course[0])->patient;
        if (count > 1 && (patient == NULL || first == NULL || strcmp(patient, first) != 0)) {
            fprintf(stderr, "myotwitch session: the sessions are not of one patient code\n");
            return EXIT_BAD_INPUT;
        }
    }
    int status = clinic_sort_sessions("session", course, count);
    if (status == EXIT_DONE) {
        print_rows(course, count);
        print_offenders(course, count);
    }
    return status;
}

int session_print_course(const myo_clinic *clinic, const myo_session *first, char *const *paths,
                         size_t count, bool all)
{
    myo_session *read[SESSIONS_MAX] = {NULL};
    const myo_session *course[SESSIONS_MAX] = {first};
    int status = count < SESSIONS_MAX ? EXIT_DONE : EXIT_USAGE;
    for (size_t i = 0; i < count && status == EXIT_DONE; i++) {
        status = clinic_read_session("session", clinic, paths[i], all, &read[i]);
        course[i + 1] = read[i];
    }
    if (status == EXIT_DONE) {
        status = print_course(course, count + 1);
    }
    for (size_t i = 0; i < count && i < SESSIONS_MAX; i++) {
        myo_session_free(read[i]);
    }
    return status;
}
