/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Readers take names, libFuzzer gives bytes: the files between them, in memory. */
#include "fuzz.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static char folder[64];

static void folder_remove(void)
{
    char command[96];
    (void)snprintf(command, sizeof command, "rm -r '%s'", folder);
    (void)!system(command);
}

static void folder_make(void)
{
    (void)snprintf(folder, sizeof folder, "%s/myo-fuzz-XXXXXX",
                   access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
    FUZZ_MUST(mkdtemp(folder) != NULL);
    FUZZ_MUST(chdir(folder) == 0);
    FUZZ_MUST(atexit(folder_remove) == 0);
}

static void file_write(const char *name, const uint8_t *data, size_t size)
{
    int file = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    FUZZ_MUST(file >= 0);
    FUZZ_MUST(write(file, data, size) == (ssize_t)size);
    FUZZ_MUST(close(file) == 0);
}

void fuzz_files_write(const char *const *names, size_t count, const uint8_t *data, size_t size)
{
    const size_t mark = strlen(FUZZ_NEXT_FILE);
    if (folder[0] == '\0') {
        folder_make();
    }
    for (size_t i = 0; i < count; i++) {
        const uint8_t *next =
            i + 1 < count && size > 0 ? memmem(data, size, FUZZ_NEXT_FILE, mark) : NULL;
        size_t length = next == NULL ? size : (size_t)(next - data);
        (void)unlink(names[i]);
        if (i == 0 || length > 0) {
            file_write(names[i], data, length);
        }
        size -= next == NULL ? length : length + mark;
        data = next == NULL ? data + length : next + mark;
    }
}
