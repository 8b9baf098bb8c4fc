/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ties what was found to what was done, by time. */
#include "session/session_record.h"

#include <math.h>
#include <string.h>

#define MS_PER_S 1000.0

/* The step going on at that moment; of several the one that began last. A step without an end goes
 * on until another one begins. */
static const myo_step *step_at(const myo_session *session, double at)
{
    const myo_step *found = NULL;
    size_t index = 0;
    const myo_step *step;
    while ((step = myo_session_next(session, MYO_STEPS, &index)) != NULL) {
        if (step->start <= at && !(at >= step->end) &&
            (found == NULL || step->start > found->start)) {
            found = step;
        }
    }
    return found;
}

static double ltr_window_s(const myo_session *session)
{
    const myo_param *window = myo_clinic_find(session->clinic, MYO_PARAMS, "ltr_window");
    return window != NULL ? window->hi / MS_PER_S : 0.0;
}

static const myo_insertion *insertion_before(const myo_session *session, const char *step,
                                             double at)
{
    const myo_insertion *found = NULL;
    size_t index = 0;
    const myo_insertion *insertion;
    double window = ltr_window_s(session);
    while ((insertion = myo_session_next(session, MYO_INSERTIONS, &index)) != NULL) {
        if (insertion->step != NULL && strcmp(insertion->step, step) == 0 && insertion->at <= at &&
            at - insertion->at <= window && (found == NULL || insertion->at > found->at)) {
            found = insertion;
        }
    }
    return found;
}

static void bind_insertion(const myo_session *session, myo_insertion *insertion)
{
    if (insertion->provenance == MYO_FROM_AUTO || insertion->step == NULL) {
        const myo_step *step = step_at(session, insertion->at);
        bool needled = step != NULL && step->kind == MYO_STEP_NEEDLE;
        insertion->step = needled ? step->record.id : NULL;
    }
}

static void bind_finding(const myo_session *session, myo_finding *finding)
{
    bool free_to_tie = finding->provenance == MYO_FROM_AUTO;
    if (free_to_tie || finding->step == NULL) {
        const myo_step *step = step_at(session, finding->at);
        finding->step = step != NULL ? step->record.id : NULL;
    }
    if (free_to_tie || finding->insertion == NULL) {
        const myo_insertion *insertion =
            finding->step != NULL ? insertion_before(session, finding->step, finding->at) : NULL;
        finding->insertion = insertion != NULL ? insertion->record.id : NULL;
    }
    if (free_to_tie || finding->point == NULL) {
        const myo_step *step = myo_session_find(session, MYO_STEPS, finding->step);
        finding->point = step != NULL ? step->point : NULL;
    }
}

static double time_of(myo_part part, const void *element)
{
    double at = part == MYO_STEPS      ? ((const myo_step *)element)->start
                : part == MYO_FINDINGS ? ((const myo_finding *)element)->at
                                       : ((const myo_insertion *)element)->at;
    return isnan(at) ? (double)INFINITY : at; /* a diary has no second */
}

/* Stable, and quick on what is in order already, as it nearly always is. */
static void sort_by_time(myo_session *session, myo_part part)
{
    void **item = session->part[part].item;
    for (size_t i = 1; i < session->part[part].count; i++) {
        void *element = item[i];
        size_t at = i;
        while (at > 0 && time_of(part, element) < time_of(part, item[at - 1])) {
            item[at] = item[at - 1];
            at--;
        }
        item[at] = element;
    }
}

void myo_session_bind(myo_session *session)
{
    sort_by_time(session, MYO_STEPS);
    sort_by_time(session, MYO_INSERTIONS);
    sort_by_time(session, MYO_FINDINGS);
    for (size_t i = 0; i < session->part[MYO_INSERTIONS].count; i++) {
        bind_insertion(session, session->part[MYO_INSERTIONS].item[i]);
    }
    for (size_t i = 0; i < session->part[MYO_FINDINGS].count; i++) {
        bind_finding(session, session->part[MYO_FINDINGS].item[i]);
    }
}
