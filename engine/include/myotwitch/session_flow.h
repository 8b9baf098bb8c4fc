/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where a session stands at a moment: phase, step, its time against the model's band, what the
 * protocol has next. For the live view: one call per refresh, no allocation. */
#ifndef MYOTWITCH_SESSION_FLOW_H
#define MYOTWITCH_SESSION_FLOW_H

#include "myotwitch/check.h"

MYO_BEGIN

typedef enum {
    MYO_PHASE_PREPARE,  /**< before or at inspection and baseline */
    MYO_PHASE_ASSESS,   /**< a point is looked for */
    MYO_PHASE_TREAT,    /**< hands, needle, spray, heat, current */
    MYO_PHASE_LENGTHEN, /**< the stretch that follows */
    MYO_PHASE_REVIEW,   /**< recheck, cold, after-care, diary */
    MYO_PHASE_STOPPED   /**< a stop was said: no pressure, no needle any more */
} myo_phase;

typedef enum { MYO_BAND_NONE, MYO_BAND_BEFORE, MYO_BAND_WITHIN, MYO_BAND_BEYOND } myo_band_state;

typedef struct {
    myo_phase phase;
    const myo_step *step;  /**< going on now, or NULL */
    double elapsed_s;      /**< of that step */
    const myo_param *band; /**< of its time, or NULL */
    myo_band_state band_state;
    const myo_protocol_step *next; /**< of the protocol, first not done yet; NULL */
    bool treats_after_stop;        /**< hands on in spite of a stop */
} myo_session_now;

/** Phase after a step of that kind began; a stop is final. Any thread. */
MYO_API MYO_CONST myo_phase myo_phase_after(myo_phase phase, myo_step_kind kind, bool stopped);

/** State at @p at seconds. @p check (may be NULL) tells of stops; only those up to @p at count. */
MYO_API void myo_session_at(const myo_session *session, const myo_check *check, double at,
                            myo_session_now *now);

MYO_API const char *myo_phase_name(myo_phase phase);

MYO_END
#endif
