/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The rules of the technique model over a session and its course.
 *
 * A stop comes from what people said and saw; no signal can cancel it. What was not recorded is
 * not assessed, never ok. Annotations remind; they are no medical advice. */
#ifndef MYOTWITCH_CHECK_H
#define MYOTWITCH_CHECK_H

#include "myotwitch/session.h"

MYO_BEGIN

typedef struct {
    double t0, t1;        /**< seconds of the session; NAN for what has no time */
    const char *step;     /**< id, or NULL */
    int step_kind;        /**< myo_step_kind; 0 for session, course and habit rules */
    const char *point;    /**< id of the trigger point, or NULL */
    const char *rule;     /**< "C01" */
    const char *label;    /**< what was looked at: "HOLD" */
    const char *code;     /**< what was found: "SHORT"; "NOT_ASSESSED" */
    const char *action;   /**< "ease_off", or NULL */
    int severity;         /**< myo_severity */
    int worst;            /**< severest that is said of the same point */
    int origin;           /**< myo_origin of the rule */
    double value;         /**< the number judged, or NAN */
    const char *shown;    /**< it for people: "76 s", "" if none */
    const char *expected; /**< "60-120 s", "" if none */
    const char *fact;     /**< id of the fact that matters most, or NULL */
    const char *text;     /**< the message */
} myo_annotation;

typedef struct myo_check myo_check;

/** Runs every rule over the last of @p count sessions; the ones before it, in order of time, are
 *  its course. All of one patient: MYO_ERR_BAD_ARG if not. MYO_ERR_NO_MEMORY. The sessions and the
 *  model must outlive the result. */
MYO_API myo_status myo_check_run(const myo_session *const *sessions, size_t count,
                                 myo_check **check);
MYO_API void myo_check_free(myo_check *check);

MYO_API size_t myo_check_count(const myo_check *check);
MYO_API const myo_annotation *myo_check_at(const myo_check *check, size_t index);

typedef enum {
    MYO_BY_POINT, /**< by trigger point, the worst first; in it severest first, then by time */
    MYO_BY_TIME   /**< by time, then in the order of the rules */
} myo_check_order;
MYO_API void myo_check_sort(myo_check *check, myo_check_order order);

/** Whether anything says stop. */
MYO_API bool myo_check_stops(const myo_check *check);

/** One annotation as a JSON object on one line (schema myotwitch.check/1). */
MYO_API void myo_annotation_json(myo_string *text, const myo_annotation *annotation);

MYO_END
#endif
