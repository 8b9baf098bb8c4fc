/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Looking at a session, and writing it. */
#include "session/session_record.h"

#include "myotwitch/event.h"

#include <math.h>
#include <string.h>

const myo_clinic *myo_session_clinic(const myo_session *session)
{
    return session->clinic;
}

const myo_session_header *myo_session_head(const myo_session *session)
{
    return session->header;
}

const void *myo_session_next(const myo_session *session, myo_part part, size_t *index)
{
    while (*index < session->part[part].count) {
        void *element = session->part[part].item[(*index)++];
        const int *removed = myo_element_removed(part, element);
        if (removed == NULL || *removed != 1) {
            return element;
        }
    }
    return NULL;
}

const void *myo_session_find(const myo_session *session, myo_part part, const char *id)
{
    for (size_t i = 0; id != NULL && i < session->part[part].count; i++) {
        const myo_record *head = session->part[part].item[i];
        if (head->id != NULL && strcmp(head->id, id) == 0) {
            return head;
        }
    }
    return NULL;
}

void *myo_session_element(const myo_session *session, const char *id, myo_part *part)
{
    for (int i = 0; i < MYO_PART_COUNT; i++) {
        const void *found = myo_session_find(session, (myo_part)i, id);
        if (found != NULL) {
            *part = (myo_part)i;
            return (void *)(uintptr_t)found; /* the session owns it */
        }
    }
    return NULL;
}

bool myo_finding_is_ultrasound(const myo_finding *finding)
{
    return finding->modality != NULL && strcmp(finding->modality, "ultrasound") == 0;
}

bool myo_finding_is_twitch(const myo_finding *finding)
{
    const bool twice = myo_finding_is_ultrasound(finding) && finding->seen_by != NULL &&
                       strcmp(finding->seen_by, "both") == 0;
    return finding->type == MYO_EVENT_LTR + 1 && !twice;
}

bool myo_session_masked(const myo_session *session, double at)
{
    size_t index = 0;
    const myo_step *step;
    while ((step = myo_session_next(session, MYO_STEPS, &index)) != NULL) {
        /* An end that was not recorded masks to the end of time: better silent than wrong. */
        if ((step->kind == MYO_STEP_TENS || step->kind == MYO_STEP_IFC) && at >= step->start &&
            !(at >= step->end)) {
            return true;
        }
    }
    return false;
}

void myo_session_json(myo_string *text, myo_part part, const void *element)
{
    myo_record_json(text, &myo_part_kinds[part], element, 0);
}

void myo_session_write(const myo_session *session, myo_string *text)
{
    myo_string_add(text, "{\n\"schema\": \"myotwitch.session/1\",\n\"header\": ");
    myo_record_json(text, &myo_header_kind, session->header, 0);
    for (int part = 0; part < MYO_PART_COUNT; part++) {
        const myo_bag *bag = &session->part[part];
        myo_string_add(text, ",\n\"%s\": [", myo_part_kinds[part].key);
        for (size_t i = 0; i < bag->count; i++) {
            myo_string_add(text, "%s\n", i == 0 ? "" : ",");
            myo_record_json(text, &myo_part_kinds[part], bag->item[i], 0);
        }
        myo_string_add(text, "%s]", bag->count > 0 ? "\n" : "");
    }
    myo_string_add(text, "\n}\n");
}

double myo_days_of_date(const char *date)
{
    if (date == NULL || strlen(date) != 10) {
        return (double)NAN;
    }
    const char *d = date;
    int year = 1000 * (d[0] - '0') + 100 * (d[1] - '0') + 10 * (d[2] - '0') + d[3] - '0';
    int month = 10 * (d[5] - '0') + d[6] - '0';
    int day = 10 * (d[8] - '0') + d[9] - '0';
    /* Proleptic Gregorian calendar, the year taken to begin in March so that the leap day comes
     * last (H. Hinnant, "chrono-compatible low-level date algorithms", days_from_civil). */
    year -= month <= 2;
    int era = year / 400;
    int year_of_era = year - era * 400;
    int day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    int day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return (double)(era * 146097 + day_of_era - 719468);
}
