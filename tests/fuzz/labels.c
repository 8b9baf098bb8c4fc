/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Truth and event lines, as `score` and `report` read them. */
#include "fuzz.h"

#include "export/label_read.h"

#include <math.h>

static void list_check(const myo_label_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        const myo_label *label = &list->labels[i];
        FUZZ_MUST(label->type < MYO_EVENT_TYPE_COUNT);
        FUZZ_MUST(isfinite(label->onset_s) && label->offset_s >= label->onset_s);
        FUZZ_MUST(i == 0 || label->onset_s >= list->labels[i - 1].onset_s);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const name = "labels";
    typedef myo_status reader(const char *path, myo_label_list *list, myo_why *why);
    static reader *const readers[] = {myo_label_read_truth, myo_label_read_events};
    fuzz_files_write(&name, 1, data, size);
    for (size_t i = 0; i < 2; i++) {
        myo_label_list list = {0};
        myo_why why = {{0}};
        if (readers[i](name, &list, &why) == MYO_OK) {
            list_check(&list);
        } else {
            FUZZ_MUST(list.count == 0 && why.text[0] != '\0');
        }
        myo_label_list_free(&list);
    }
    return 0;
}
