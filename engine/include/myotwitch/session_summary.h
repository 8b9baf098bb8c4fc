/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sums over a session and its course: what each point got, how the sessions went, which muscles
 * come back. For the report; any thread. */
#ifndef MYOTWITCH_SESSION_SUMMARY_H
#define MYOTWITCH_SESSION_SUMMARY_H

#include "myotwitch/session.h"

MYO_BEGIN

/** What was done to one trigger point. Findings under a stimulator do not count. */
typedef struct {
    const myo_point *point;
    size_t insertions;
    size_t answered; /**< insertions with at least one twitch */
    size_t twitches; /**< in steps that needle this point */
    size_t manual;   /**< twitches under palpation or compression */
    size_t holds, released;
    double first_release_s; /**< from the start of the hold, NAN if none */
} myo_point_summary;

/** Sums for the points in their order; fills up to @p room, returns how many points there are. */
MYO_API size_t myo_session_point_summaries(const myo_session *session, myo_point_summary *summaries,
                                           size_t room);

/** One session as a line of its course; NAN where nothing was recorded. */
typedef struct {
    const char *id, *date;
    size_t points, treated, insertions, twitches;
    double pain_first, pain_last;
    double tension_first, tension_last;
} myo_course_row;

MYO_API void myo_session_course_row(const myo_session *session, myo_course_row *row);

/** A muscle over the course. */
typedef struct {
    const char *muscle;
    size_t sessions;       /**< in which a point of it was found */
    size_t points;         /**< distinct ids of points */
    size_t returns;        /**< times that a resolved point was there again */
    double days_to_return; /**< shortest, NAN if none returned */
} myo_offender;

/** Muscles by sessions, then points, then id; sessions in order of time. */
MYO_API size_t myo_course_offenders(const myo_session *const *sessions, size_t count,
                                    myo_offender *offenders, size_t room);

MYO_END
#endif
