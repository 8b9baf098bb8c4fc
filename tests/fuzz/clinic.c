/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A text laid over the technique model: refused with a place, or taken. */
#include "fuzz.h"

#include "myotwitch/clinic.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static myo_issues issues;
    myo_clinic *clinic = NULL;
    myo_source_text text = {.name = "overlay", .data = (const char *)data, .size = size};
    issues = (myo_issues){0};
    if (myo_clinic_new(&text, 1, &clinic, &issues) != MYO_OK) {
        FUZZ_MUST(clinic == NULL);
        return 0;
    }
    for (int e = 0; e < MYO_ENTITY_COUNT; e++) {
        size_t count = myo_clinic_count(clinic, (myo_entity)e);
        myo_string out = {0};
        if (count > 0) {
            const void *record = myo_clinic_at(clinic, (myo_entity)e, count - 1);
            bool article = myo_clinic_of_article((myo_entity)e, record);
            myo_clinic_json(&out, (myo_entity)e, record, false);
            myo_clinic_print(&out, (myo_entity)e, record, article);
        }
        myo_string_free(&out);
    }
    myo_clinic_free(clinic);
    return 0;
}
