/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Inside a session: its tables and its memory. */
#ifndef MYO_SESSION_RECORD_H
#define MYO_SESSION_RECORD_H

#include "clinic/record.h"
#include "myotwitch/session.h"

/* Reference targets of a session's own parts follow those of the model. */
#define MYO_TARGET_PART(part) ((int)MYO_ENTITY_COUNT + (int)(part))

extern const myo_record_kind myo_part_kinds[MYO_PART_COUNT];
extern const myo_record_kind myo_header_kind;

struct myo_session {
    const myo_clinic *clinic;
    myo_arena arena;
    myo_session_header *header;
    myo_bag part[MYO_PART_COUNT];
};

/** Where provenance and removed of an element are; NULL for the audit. */
int *myo_element_provenance(myo_part part, void *element);
int *myo_element_removed(myo_part part, void *element);
/** found_at of a step, insertion or finding; NULL for the others. */
double *myo_element_found(myo_part part, void *element);

/** An element by id in any part; *part tells which. */
void *myo_session_element(const myo_session *session, const char *id, myo_part *part);

/** Looks up what was read; complains where nothing is found. */
void myo_session_resolve(const myo_session *session, const myo_pending *pending,
                         myo_issues *issues);
/** Numbers within what the model has for fields of their names. */
void myo_session_check_bounds(const myo_record_kind *kind, const void *element, myo_issues *issues);
/** Fields in their places, times in order, numbers within bounds. */
void myo_session_check(const myo_session *session, myo_part part, const void *element,
                       myo_issues *issues);

/** An id of that part that was never used: "e12"; NULL when there is no memory. */
const char *myo_session_fresh_id(myo_session *session, myo_part part);

/** Adds a line to the audit. False when there is no memory. */
bool myo_session_note(myo_session *session, const myo_author *author, int action,
                      const char *const what[5]);

#endif
