/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Questions to the technique model. Any thread; nothing is changed. */
#ifndef MYOTWITCH_CLINIC_QUERY_H
#define MYOTWITCH_CLINIC_QUERY_H

#include "myotwitch/clinic.h"

MYO_BEGIN

/** A muscle that may explain pain in the zones asked for. */
typedef struct {
    const myo_muscle *muscle;
    size_t primary; /**< zones asked that are primary */
    size_t spill;   /**< zones asked that are spill */
    double score;   /**< (3 primary + spill) / (3 asked), 0 to 1 */
    double share;   /**< of the muscle's primary zones that were asked */
} myo_candidate;

/** Ranks the muscles that refer into any of @p zones: by zones matched, then score, share, freq,
 *  id. With @p article_only just the zones that the article itself gives. Fills up to @p room and
 *  returns how many there are. Zones that the model does not know match nothing. */
MYO_API size_t myo_clinic_lookup(const myo_clinic *clinic, const myo_ids *zones, bool article_only,
                                 myo_candidate *candidates, size_t room);

/** Muscles that lie in the referral zones of @p primary, where satellites may form; ranked by the
 *  primary zones they lie in (candidate.primary), then spill zones. */
MYO_API size_t myo_clinic_satellites(const myo_clinic *clinic, const myo_muscle *primary,
                                     myo_candidate *candidates, size_t room);

/** Whether muscle @p x lies in a referral zone of @p y. */
MYO_API bool myo_muscle_lies_in_zones_of(const myo_muscle *x, const myo_muscle *y);

/** How a tool suits a muscle. */
typedef struct {
    const myo_tool *tool;
    bool fits;
    bool named; /**< the article names it for this muscle */
    int score;  /**< higher fits better */
} myo_tool_fit;

/** Judges a tool: setting, depth, size, region. */
MYO_API myo_tool_fit myo_clinic_tool_fit(const myo_tool *tool, const myo_muscle *muscle,
                                         myo_setting setting);

/** Tools for pressure that fit, best first; returns how many. None for a muscle that is for
 *  professionals when @p setting is self. */
MYO_API size_t myo_clinic_tools(const myo_clinic *clinic, const myo_muscle *muscle,
                                myo_setting setting, myo_tool_fit *fits, size_t room);

/** Techniques for a muscle in a setting; none when pressure at home is for professionals only.
 *  Techniques bound to regions come only where the muscle lies in one (ifc: and is deep). */
MYO_API size_t myo_clinic_options(const myo_clinic *clinic, const myo_muscle *muscle,
                                  myo_setting setting, const myo_technique **options, size_t room);

/** One record that rests on a fact or uses a param. */
typedef struct {
    myo_entity entity;
    const myo_record *record;
} myo_user;

/** All records whose lists name @p id (a fact, a param, a muscle ...); returns how many. */
MYO_API size_t myo_clinic_users(const myo_clinic *clinic, myo_entity of, const char *id,
                                myo_user *users, size_t room);

MYO_END
#endif
