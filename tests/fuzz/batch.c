/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a batch reads of its own folder, which others may have changed: the tables of recordings and failures,
 * and the stamp of a recording. */
#include "fuzz.h"

#include "batch_entry.h"
#include "batch_subjects.h"

#include <string.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const names[] = {"recordings.tsv", "failures.tsv", "recordings/a/stamp"};
    static char path[] = "in/a", name[] = "a", version[] = "1 2 3";
    const batch_recording recording = {.path = path, .name = name, .version = version};
    char reason[BATCH_REASON_SIZE] = "";
    fuzz_files_write(names, 3, data, size);
    (void)unlink("subjects.tsv");
    const bool written = batch_subjects_write(".");
    FUZZ_MUST(written == (access("subjects.tsv", F_OK) == 0));
    const batch_state state = batch_entry_state(".", &recording, "key", reason);
    FUZZ_MUST(state >= BATCH_MISSING && state <= BATCH_BROKE);
    FUZZ_MUST(memchr(reason, 0, sizeof reason) != NULL);
    return 0;
}
