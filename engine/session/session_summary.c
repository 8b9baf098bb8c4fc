/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sums over a session and its course. */
#include "myotwitch/session_summary.h"

#include "myotwitch/event.h"

#include <math.h>
#include <string.h>

static bool same(const char *a, const char *b)
{
    return a != NULL && b != NULL && strcmp(a, b) == 0;
}

static const myo_finding *next_unmasked(const myo_session *session, int type, size_t *index)
{
    const myo_finding *finding;
    while ((finding = myo_session_next(session, MYO_FINDINGS, index)) != NULL) {
        bool twice = type == MYO_EVENT_LTR && !myo_finding_is_twitch(finding);
        if (finding->type == type + 1 && !twice && !myo_session_masked(session, finding->at)) {
            return finding;
        }
    }
    return NULL;
}

static bool is_answered(const myo_session *session, const myo_insertion *insertion)
{
    size_t index = 0;
    const myo_finding *twitch;
    while ((twitch = next_unmasked(session, MYO_EVENT_LTR, &index)) != NULL) {
        if (same(twitch->insertion, insertion->record.id)) {
            return true;
        }
    }
    return false;
}

static void add_needling(const myo_session *session, const myo_step *step, myo_point_summary *sum)
{
    size_t index = 0;
    const myo_insertion *insertion;
    while ((insertion = myo_session_next(session, MYO_INSERTIONS, &index)) != NULL) {
        if (same(insertion->step, step->record.id)) {
            sum->insertions++;
            sum->answered += is_answered(session, insertion);
        }
    }
}

static void add_twitches(const myo_session *session, const myo_step *step, myo_point_summary *sum)
{
    size_t index = 0;
    const myo_finding *twitch;
    while ((twitch = next_unmasked(session, MYO_EVENT_LTR, &index)) != NULL) {
        bool here = same(twitch->step, step->record.id);
        sum->twitches += here && step->kind == MYO_STEP_NEEDLE;
        sum->manual += here && (step->kind == MYO_STEP_PALPATE || step->kind == MYO_STEP_COMPRESS);
    }
}

static void add_hold(const myo_session *session, const myo_step *step, myo_point_summary *sum)
{
    double released = step->released_s;
    size_t index = 0;
    const myo_finding *release;
    while (isnan(step->released_s) &&
           (release = next_unmasked(session, MYO_EVENT_RELEASE, &index)) != NULL) {
        if (same(release->step, step->record.id)) {
            released = fmin(released, release->at - step->start);
        }
    }
    sum->holds++;
    sum->released += !isnan(released);
    if (isnan(sum->first_release_s)) {
        sum->first_release_s = released;
    }
}

static void sum_point(const myo_session *session, const myo_point *point, myo_point_summary *sum)
{
    *sum = (myo_point_summary){.point = point, .first_release_s = (double)NAN};
    size_t index = 0;
    const myo_step *step;
    while ((step = myo_session_next(session, MYO_STEPS, &index)) != NULL) {
        if (!same(step->point, point->record.id)) {
            continue;
        }
        add_twitches(session, step, sum);
        if (step->kind == MYO_STEP_NEEDLE) {
            add_needling(session, step, sum);
        } else if (step->kind == MYO_STEP_COMPRESS) {
            add_hold(session, step, sum);
        }
    }
}

size_t myo_session_point_summaries(const myo_session *session, myo_point_summary *summaries,
                                   size_t room)
{
    size_t count = 0, index = 0;
    const myo_point *point;
    while ((point = myo_session_next(session, MYO_POINTS, &index)) != NULL) {
        if (count < room) {
            sum_point(session, point, &summaries[count]);
        }
        count++;
    }
    return count;
}

static bool is_treated(const myo_session *session, const myo_point *point)
{
    size_t index = 0;
    const myo_step *step;
    while ((step = myo_session_next(session, MYO_STEPS, &index)) != NULL) {
        bool treats = step->kind == MYO_STEP_COMPRESS || step->kind == MYO_STEP_NEEDLE ||
                      step->kind == MYO_STEP_SPRAY;
        if (treats && same(step->point, point->record.id)) {
            return true;
        }
    }
    return false;
}

void myo_session_course_row(const myo_session *session, myo_course_row *row)
{
    const double none = (double)NAN;
    *row = (myo_course_row){.id = myo_session_head(session)->record.id,
                            .date = myo_session_head(session)->date,
                            .pain_first = none,
                            .pain_last = none,
                            .tension_first = none,
                            .tension_last = none};
    size_t index = 0;
    const myo_point *point;
    while ((point = myo_session_next(session, MYO_POINTS, &index)) != NULL) {
        row->points++;
        row->treated += is_treated(session, point);
    }
    index = 0;
    while (myo_session_next(session, MYO_INSERTIONS, &index) != NULL) {
        row->insertions++;
    }
    index = 0;
    while (next_unmasked(session, MYO_EVENT_LTR, &index) != NULL) {
        row->twitches++;
    }
    index = 0;
    const myo_step *step; /* in order of time */
    while ((step = myo_session_next(session, MYO_STEPS, &index)) != NULL) {
        row->pain_first = isnan(row->pain_first) ? step->pain : row->pain_first;
        row->pain_last = isnan(step->pain) ? row->pain_last : step->pain;
        row->tension_first = isnan(row->tension_first) ? step->tension : row->tension_first;
        row->tension_last = isnan(step->tension) ? row->tension_last : step->tension;
    }
}

/* The session before @p before in which the point was last seen; NULL. */
static const myo_point *seen_before(const myo_session *const *sessions, size_t before,
                                    const char *id, size_t *when)
{
    for (size_t i = before; i-- > 0;) {
        const myo_point *point = myo_session_find(sessions[i], MYO_POINTS, id);
        if (point != NULL && point->removed != 1) {
            *when = i;
            return point;
        }
    }
    return NULL;
}

static void add_point(const myo_session *const *sessions, size_t at, const myo_point *point,
                      myo_offender *offender)
{
    size_t when = 0;
    const myo_point *before = seen_before(sessions, at, point->record.id, &when);
    offender->points += before == NULL;
    if (before != NULL && before->status == MYO_RESOLVED && point->status != MYO_RESOLVED) {
        double days = myo_days_of_date(myo_session_head(sessions[at])->date) -
                      myo_days_of_date(myo_session_head(sessions[when])->date);
        offender->returns++;
        offender->days_to_return = fmin(offender->days_to_return, days);
    }
}

static bool sum_muscle(const myo_session *const *sessions, size_t count, const char *muscle,
                       myo_offender *offender)
{
    *offender = (myo_offender){.muscle = muscle, .days_to_return = (double)NAN};
    for (size_t i = 0; i < count; i++) {
        bool found = false;
        size_t index = 0;
        const myo_point *point;
        while ((point = myo_session_next(sessions[i], MYO_POINTS, &index)) != NULL) {
            if (same(point->muscle, muscle)) {
                found = true;
                add_point(sessions, i, point, offender);
            }
        }
        offender->sessions += found;
    }
    return offender->sessions > 0;
}

static bool ranks_before(const myo_offender *a, const myo_offender *b)
{
    if (a->sessions != b->sessions) {
        return a->sessions > b->sessions;
    }
    return a->points != b->points ? a->points > b->points : strcmp(a->muscle, b->muscle) < 0;
}

size_t myo_course_offenders(const myo_session *const *sessions, size_t count,
                            myo_offender *offenders, size_t room)
{
    size_t found = 0;
    const myo_clinic *clinic = count > 0 ? myo_session_clinic(sessions[0]) : NULL;
    for (size_t i = 0; clinic != NULL && i < myo_clinic_count(clinic, MYO_MUSCLES); i++) {
        const myo_record *muscle = myo_clinic_at(clinic, MYO_MUSCLES, i);
        myo_offender offender;
        if (!sum_muscle(sessions, count, muscle->id, &offender) || found == room) {
            continue;
        }
        size_t at = found++;
        while (at > 0 && ranks_before(&offender, &offenders[at - 1])) {
            offenders[at] = offenders[at - 1];
            at--;
        }
        offenders[at] = offender;
    }
    return found;
}
