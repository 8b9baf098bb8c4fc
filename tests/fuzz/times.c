/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A table of the times of frames. */
#include "fuzz.h"

#include "cine/times.h"

#include <math.h>

/* What is no file, or not there, is refused by name; tried once. */
static void others_refused(void)
{
    static bool tried;
    static const char *const names[] = {".", "nothing.csv"};
    for (size_t i = 0; i < 2 && !tried; i++) {
        double *times = NULL;
        int64_t count = 0;
        myo_why why = {{0}};
        FUZZ_MUST(myo_cine_times_read(names[i], &times, &count, &why) == MYO_ERR_OPEN);
    }
    tried = true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const name = "times.csv";
    double *times = NULL;
    int64_t count = 0;
    myo_why why = {{0}};
    fuzz_files_write(&name, 1, data, size);
    others_refused();
    if (myo_cine_times_read(name, &times, &count, &why) != MYO_OK) {
        FUZZ_MUST(why.text[0] != '\0');
        return 0;
    }
    FUZZ_MUST(count >= 0 && (size_t)count <= size);
    for (int64_t i = 0; i < count; i++) {
        FUZZ_MUST(isfinite(times[i]) && (i == 0 || times[i] >= times[i - 1]));
    }
    free(times);
    return 0;
}
