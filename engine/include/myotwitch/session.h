/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The record of one clinical session: what people did and saw, and what the signals added.
 *
 * Its text is JSON with one element a line; YAML with the same keys is read as well. Everything
 * has a provenance. What a person typed or changed is never touched by another analysis; every
 * change by a person is written down for good in the audit part, and can be undone.
 * One thread at a time per session. Times are seconds from the start of the recording. */
#ifndef MYOTWITCH_SESSION_H
#define MYOTWITCH_SESSION_H

#include "myotwitch/clinic.h"

MYO_BEGIN

typedef enum {
    MYO_POINTS,     /**< trigger points found */
    MYO_STEPS,      /**< what was done, in time */
    MYO_INSERTIONS, /**< movements of the needle into a point */
    MYO_FINDINGS,   /**< what the signals showed: twitches, releases, gaps */
    MYO_ANSWERS,    /**< to the questions of the factors */
    MYO_AUDIT,      /**< who changed what, append-only */
    MYO_PART_COUNT
} myo_part;

typedef enum {
    MYO_FROM_UNSET,
    MYO_FROM_AUTO,   /**< made by an analysis; the next one replaces it */
    MYO_FROM_PERSON, /**< typed in */
    MYO_FROM_EDITED  /**< made by an analysis, changed by a person */
} myo_provenance;

typedef enum { MYO_SIDE_UNSET, MYO_LEFT, MYO_RIGHT, MYO_BILATERAL } myo_side;
typedef enum { MYO_ACTIVITY_UNSET, MYO_ACTIVE, MYO_LATENT, MYO_ACTIVITY_UNKNOWN } myo_activity;
typedef enum {
    MYO_ORDER_UNSET,
    MYO_PRIMARY,
    MYO_SECONDARY,
    MYO_SATELLITE,
    MYO_ORDER_UNKNOWN
} myo_order;
typedef enum {
    MYO_POINT_UNSET,
    MYO_SUSPECTED,
    MYO_POINT_CONFIRMED,
    MYO_TREATED,
    MYO_RESOLVED,
    MYO_RECURRENT
} myo_point_status;
typedef enum {
    MYO_CAUSE_UNSET,
    MYO_OVERUSE,
    MYO_STATIC_POSTURE,
    MYO_INJURY,
    MYO_STRESS,
    MYO_REPETITIVE,
    MYO_CAUSE_UNKNOWN
} myo_cause;
typedef enum {
    MYO_QUALITY_UNSET,
    MYO_DULL,
    MYO_SHARP,
    MYO_SHOOTING,
    MYO_ELECTRIC,
    MYO_OTHER_QUALITY
} myo_pain_quality;
typedef enum { MYO_BREATH_UNSET, MYO_BREATH_FREE, MYO_BREATH_HELD } myo_breath;
typedef enum {
    MYO_STYLE_UNSET,
    MYO_STYLE_SLOW,
    MYO_STYLE_BALLISTIC,
    MYO_STYLE_AGGRESSIVE
} myo_stretch_style;
typedef enum { MYO_SPREAD_UNSET, MYO_PINPOINT, MYO_DIFFUSE } myo_spread;
typedef enum {
    MYO_VERDICT_UNSET,
    MYO_RELEASED,
    MYO_NOT_RELEASED,
    MYO_UNUSABLE
} myo_release_verdict;

/** What an entry of the audit part tells. An import has the name of its source as target, and in
 *  "after" what was taken over: findings, recording, detector, configuration. */
typedef enum {
    MYO_DID_UNSET,
    MYO_DID_ADD,
    MYO_DID_SET,
    MYO_DID_REMOVE,
    MYO_DID_UNDO,
    MYO_DID_IMPORT
} myo_audit_action;

/** Flags: 1 yes, 0 no, -1 not recorded. Numbers: NAN not recorded. Texts: NULL. */
typedef struct {
    myo_record record;   /**< id of the session */
    const char *patient; /**< a code, never a name */
    const char *date;    /**< YYYY-MM-DD */
    int setting;
    const char *operator_role, *credential;
    int qualified; /**< trained for the clinical techniques used */
    const char *protocol;
    double number; /**< of this session in its course, if earlier ones are not at hand */
    const char *previous, *recording;
    myo_ids channels, profile;
    const char *injury_date;
    int relaxation_usable; /**< a channel that can show a release was there */
    const char *note;
} myo_session_header;

typedef struct {
    myo_record record;
    const char *muscle;
    int side;
    const char *site;
    int activity, order;
    const char *parent, *onset;
    int cause, spontaneous, pressure_pain;
    double local_pain;
    myo_ids referred;
    int familiar, nodule, taut_band, recognition, manual_ltr, status, treated_before;
    const char *note;
    int provenance, removed;
} myo_point;

typedef struct {
    myo_record record;
    int kind;
    double start, end;
    const char *point, *muscle;
    int side;
    /* inspect */
    int swelling, discoloration, warmth, broken_skin;
    const char *injury_date;
    /* baseline, recheck */
    double pain;
    myo_ids zones;
    double rom, ppt;
    const char *tissue;
    double tension, tension_spread;
    int referred_gone;
    /* palpate */
    int method, nodule, taut_band, recognition, familiar, spread, spontaneous, pressure_pain;
    double exercise_hours;
    /* heat, cold, compress, spray */
    const char *tool;
    /* compress */
    int on_spine, anterior_neck, recent_injury, sensitive, bruise, full_pressure, tolerated;
    double discomfort, first_discomfort, ramp_s, breath_gap_s, guarding_ratio, released_s;
    int breath, pain_quality;
    /* needle */
    const char *adverse, *override_reason;
    /* spray, stretch */
    double sweeps;
    const char *move;
    int style;
    double rebound;
    /* tens, ifc */
    const char *pads;
    double intensity;
    /* aftercare */
    int moist_heat, hydration, gentle_movement;
    /* diary */
    const char *date;
    double soreness_hours;
    int soreness_local;
    double self_minutes, roll_minutes, longest_sitting_min;
    myo_ids stretched;
    int home_stretching, self_compression, posture_work;
    const char *stop_sign; /**< what somebody saw or said that ends the treatment */
    const char *note;
    double found_at; /**< where an analysis found it, whatever a person made of it */
    int provenance, removed;
} myo_step;

typedef struct {
    myo_record record;
    const char *step;
    double at;
    double found_at;
    int provenance, removed;
} myo_insertion;

typedef struct {
    myo_record record;
    int type; /**< myo_event_type + 1 */
    double at, end;
    const char *modality; /**< "emg", "ultrasound" */
    const char *seen_by;  /**< ultrasound twitch beside an EMG: "both", "ultrasound" */
    double peak_mm;       /**< ultrasound: largest displacement */
    double channel, peak_uv, peak_fs, snr_db, confidence;
    int verdict;
    double level;                         /**< relaxation: after over before, or RI */
    double level_low, level_high;         /**< its interval */
    double guarding_ratio;                /**< relaxation: EMG in the hold over EMG before it */
    const char *step, *insertion, *point; /**< bound to */
    const char *detector;                 /**< that found it, "name/version" */
    double found_at;
    int provenance, removed;
} myo_finding;

typedef struct {
    myo_record record; /**< id = the factor's */
    int open;          /**< needs attention */
    const char *note;
    int provenance, removed;
} myo_answer;

typedef struct {
    myo_record record;
    const char *who, *at;
    int action; /**< myo_audit_action */
    const char *target, *field, *before, *after, *was;
} myo_audit;

/** Who changes a session; @p at is a date and time as the caller writes it, or NULL. */
typedef struct {
    const char *who;
    const char *at;
} myo_author;

typedef struct myo_session myo_session;

/** Reads a session. MYO_ERR_FORMAT with @p issues filled. @p clinic must outlive the session. */
MYO_API myo_status myo_session_read(const myo_clinic *clinic, const myo_source_text *text,
                                    myo_session **session, myo_issues *issues);
MYO_API void myo_session_free(myo_session *session);

/** The session as text: the same session gives the same bytes. */
MYO_API void myo_session_write(const myo_session *session, myo_string *text);

MYO_API const myo_clinic *myo_session_clinic(const myo_session *session);
MYO_API const myo_session_header *myo_session_head(const myo_session *session);

/** Goes through a part, without what was removed: start with *index = 0, NULL at the end. */
MYO_API const void *myo_session_next(const myo_session *session, myo_part part, size_t *index);
/** An element by id, also a removed one; NULL. */
MYO_API const void *myo_session_find(const myo_session *session, myo_part part, const char *id);

/** Changes of a person. @p value is YAML, so that lists and flags can be given; NULL unsets the
 *  field. MYO_ERR_FORMAT with @p issues when target, field or value are not right; then nothing
 *  is changed. "header" is the target for the fields of the header. */
MYO_API myo_status myo_session_set(myo_session *session, const char *target, const char *field,
                                   const char *value, const myo_author *author, myo_issues *issues);
/** Adds an element with the fields given as YAML flow or block mapping; makes an id if it has
 *  none. */
MYO_API myo_status myo_session_add(myo_session *session, myo_part part, const char *fields,
                                   const myo_author *author, myo_issues *issues);
MYO_API myo_status myo_session_remove(myo_session *session, const char *target,
                                      const myo_author *author, myo_issues *issues);
/** Takes back the last change by a person that was not taken back yet. */
MYO_API myo_status myo_session_undo(myo_session *session, const myo_author *author,
                                    myo_issues *issues);

/** Takes over the event lines (JSON Lines) of an analysis. Replaces what earlier runs of the same
 *  detectors made, never what a person typed, changed or removed; markers named like steps make
 *  steps. Then binds.
 */
MYO_API myo_status myo_session_import(myo_session *session, const myo_source_text *lines,
                                      const myo_author *author, myo_issues *issues);

/** Ties findings to steps, insertions and points by time. Called by read, import and every
 *  change; what a person tied stays. */
MYO_API void myo_session_bind(myo_session *session);

/** Whether the ultrasound showed it, not the EMG. */
MYO_API bool myo_finding_is_ultrasound(const myo_finding *finding);

/** Whether it stands for a twitch. What both senses saw has two findings: that of the EMG counts. */
MYO_API bool myo_finding_is_twitch(const myo_finding *finding);

/** Whether @p at lies in a TENS or IFC step: nothing is said of the muscle then. */
MYO_API bool myo_session_masked(const myo_session *session, double at);

MYO_API const char *myo_part_name(myo_part part);

/** One element as a JSON object on one line. */
MYO_API void myo_session_json(myo_string *text, myo_part part, const void *element);

/** Days from 1970-01-01; NAN for NULL or no date. */
MYO_API double myo_days_of_date(const char *date);

MYO_END
#endif
