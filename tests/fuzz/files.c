/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Readers take names, libFuzzer gives bytes: the files between them, in memory. */
#include "fuzz.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
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

/* The folders that a name goes through. */
static void parents_make(const char *name)
{
    char path[256];
    for (const char *slash = strchr(name, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
        (void)snprintf(path, sizeof path, "%.*s", (int)(slash - name), name);
        (void)mkdir(path, 0700);
    }
}

static void file_write(const char *name, const uint8_t *data, size_t size)
{
    parents_make(name);
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

unsigned fuzz_options_read(char *name, size_t size)
{
    char text[64] = "";
    int file = open(FUZZ_OPTIONS, O_RDONLY | O_CLOEXEC);
    ssize_t got = file < 0 ? 0 : read(file, text, sizeof text - 1);
    if (file >= 0) {
        (void)close(file);
    }
    (void)snprintf(name, size, "%s", got > 0 ? text + 1 : "");
    return got > 0 ? (unsigned)text[0] & 31U : 0;
}
