/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The text of a session and event lines to take into it: what was read can be written, and what was
 * written can be read. */
#include "fuzz.h"

#include "myotwitch/session.h"

#include <string.h>

static const myo_clinic *shipped(void)
{
    static myo_clinic *clinic;
    static myo_issues issues;
    if (clinic == NULL) {
        FUZZ_MUST(myo_clinic_new(NULL, 0, &clinic, &issues) == MYO_OK);
    }
    return clinic;
}

static void written_is_readable(const myo_session *session)
{
    static myo_issues issues;
    myo_string text = {0};
    myo_session *again = NULL;
    myo_session_write(session, &text);
    myo_source_text source = {.name = "written", .data = text.data, .size = strlen(text.data)};
    issues = (myo_issues){0};
    FUZZ_MUST(myo_session_read(shipped(), &source, &again, &issues) == MYO_OK);
    myo_session_free(again);
    myo_string_free(&text);
}

/* Every element can be printed, and is found by its id. */
static void elements_check(const myo_session *session)
{
    for (int p = 0; p < MYO_PART_COUNT; p++) {
        const void *element = NULL;
        for (size_t at = 0; (element = myo_session_next(session, (myo_part)p, &at)) != NULL;) {
            const char *id = ((const myo_record *)element)->id;
            myo_string text = {0};
            myo_session_json(&text, (myo_part)p, element);
            FUZZ_MUST(id == NULL || myo_session_find(session, (myo_part)p, id) != NULL);
            myo_string_free(&text);
        }
    }
    (void)myo_session_masked(session, 15.0);
    (void)myo_days_of_date(myo_session_head(session)->date);
}

/* But for the list of what was done, which grows. */
static size_t elements_count(const myo_session *session)
{
    size_t count = 0;
    for (int p = 0; p < MYO_AUDIT; p++) {
        for (size_t at = 0; myo_session_next(session, (myo_part)p, &at) != NULL;) {
            count++;
        }
    }
    return count;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static myo_issues issues;
    const size_t mark = strlen(FUZZ_NEXT_FILE);
    const char *text = (const char *)data;
    const char *next = size > 0 ? memmem(text, size, FUZZ_NEXT_FILE, mark) : NULL;
    myo_source_text first = {
        .name = "session", .data = text, .size = next == NULL ? size : (size_t)(next - text)};
    myo_session *session = NULL;
    issues = (myo_issues){0};
    if (myo_session_read(shipped(), &first, &session, &issues) != MYO_OK) {
        FUZZ_MUST(session == NULL);
        return 0;
    }
    if (next != NULL) {
        myo_source_text lines = {
            .name = "events", .data = next + mark, .size = size - first.size - mark};
        (void)myo_session_import(session, &lines, &(myo_author){"fuzz", NULL}, &issues);
        const size_t before = elements_count(session);
        (void)myo_session_import(session, &lines, &(myo_author){"fuzz", NULL}, &issues);
        FUZZ_MUST(elements_count(session) == before); /* what was found stands there once */
    }
    elements_check(session);
    written_is_readable(session);
    myo_session_free(session);
    return 0;
}
