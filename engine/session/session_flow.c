/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The state machine of a session: each step moves it on, a stop ends it. */
#include "myotwitch/session_flow.h"

#include <math.h>
#include <string.h>

#define S_PER_MIN 60.0

static const char *const phase_names[] = {"prepare",  "assess", "treat",
                                          "lengthen", "review", "stopped"};

const char *myo_phase_name(myo_phase phase)
{
    return (unsigned)phase <= MYO_PHASE_STOPPED ? phase_names[phase] : "unknown";
}

myo_phase myo_phase_after(myo_phase phase, myo_step_kind kind, bool stopped)
{
    if (stopped || phase == MYO_PHASE_STOPPED) {
        return MYO_PHASE_STOPPED;
    }
    switch (kind) {
    case MYO_STEP_INSPECT:
    case MYO_STEP_BASELINE:
        return MYO_PHASE_PREPARE;
    case MYO_STEP_PALPATE:
        return MYO_PHASE_ASSESS;
    case MYO_STEP_HEAT:
    case MYO_STEP_COMPRESS:
    case MYO_STEP_NEEDLE:
    case MYO_STEP_SPRAY:
    case MYO_STEP_TENS:
    case MYO_STEP_IFC:
        return MYO_PHASE_TREAT;
    case MYO_STEP_STRETCH:
        return MYO_PHASE_LENGTHEN;
    case MYO_STEP_RECHECK:
    case MYO_STEP_COLD:
    case MYO_STEP_AFTERCARE:
    case MYO_STEP_DIARY:
        return MYO_PHASE_REVIEW;
    default: /* a rest changes nothing */
        return phase;
    }
}

/* When the earliest stop was said: at the step that it is about, or from the beginning. */
static double first_stop(const myo_check *check)
{
    double first = (double)NAN;
    for (size_t i = 0; check != NULL && i < myo_check_count(check); i++) {
        const myo_annotation *annotation = myo_check_at(check, i);
        if (annotation->severity == MYO_SAYS_STOP) {
            first = fmin(first, isnan(annotation->t0) ? 0.0 : annotation->t0);
        }
    }
    return first;
}

static const myo_param *band_of(const myo_session *session, const myo_step *step, double *unit_s)
{
    bool self = myo_session_head(session)->setting == MYO_SELF;
    const char *id = NULL;
    *unit_s = 1.0;
    switch (step->kind) {
    case MYO_STEP_COMPRESS:
        id = self ? "hold_self" : "hold_clinical";
        break;
    case MYO_STEP_STRETCH:
        id = "stretch_hold";
        break;
    case MYO_STEP_HEAT:
        id = "heat";
        *unit_s = S_PER_MIN;
        break;
    default:
        break;
    }
    return myo_clinic_find(myo_session_clinic(session), MYO_PARAMS, id);
}

static bool is_done(const myo_session *session, int kind, double at)
{
    size_t index = 0;
    const myo_step *step;
    while ((step = myo_session_next(session, MYO_STEPS, &index)) != NULL) {
        if (step->kind == kind && step->start <= at) {
            return true;
        }
    }
    return false;
}

static const myo_protocol_step *next_of_protocol(const myo_session *session, double at)
{
    const myo_protocol *protocol = myo_clinic_find(myo_session_clinic(session), MYO_PROTOCOLS,
                                                   myo_session_head(session)->protocol);
    for (size_t i = 0; protocol != NULL && i < protocol->steps.count; i++) {
        const myo_protocol_step *step = &protocol->steps.item[i];
        if (step->optional != 1 && !is_done(session, step->step, at)) {
            return step;
        }
    }
    return NULL;
}

static void set_time(const myo_session *session, double at, myo_session_now *now)
{
    double unit_s = 1.0;
    now->elapsed_s = at - now->step->start;
    now->band = band_of(session, now->step, &unit_s);
    if (now->band != NULL) {
        now->band_state = now->elapsed_s < now->band->lo * unit_s   ? MYO_BAND_BEFORE
                          : now->elapsed_s > now->band->hi * unit_s ? MYO_BAND_BEYOND
                                                                    : MYO_BAND_WITHIN;
    }
}

void myo_session_at(const myo_session *session, const myo_check *check, double at,
                    myo_session_now *now)
{
    double stop = first_stop(check);
    *now = (myo_session_now){.phase = MYO_PHASE_PREPARE};
    size_t index = 0;
    const myo_step *step;
    /* Steps are kept in order of time. */
    while ((step = myo_session_next(session, MYO_STEPS, &index)) != NULL && step->start <= at) {
        bool after = step->start > stop;
        now->phase = myo_phase_after(now->phase, (myo_step_kind)step->kind, stop <= step->start);
        now->treats_after_stop |=
            after && (step->kind == MYO_STEP_COMPRESS || step->kind == MYO_STEP_NEEDLE ||
                      step->kind == MYO_STEP_SPRAY);
        now->step = at >= step->end ? now->step : step;
    }
    if (stop <= at) {
        now->phase = MYO_PHASE_STOPPED;
    }
    if (now->step != NULL) {
        set_time(session, at, now);
    }
    now->next = now->phase == MYO_PHASE_STOPPED ? NULL : next_of_protocol(session, at);
}
