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
    }
    written_is_readable(session);
    myo_session_free(session);
    return 0;
}
