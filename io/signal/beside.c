/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Opens the files beside a recording and takes texts line by line. */
#include "beside.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Opens @p name, which was found harmless, in the directory of @p path. */
static int file_open(const char *path, const char *name, myo_why *why)
{
    char full[4096];
    struct stat about;
    const char *slash = strrchr(path, '/');
    int folder = slash == NULL ? 0 : (int)(slash + 1 - path);
    if (snprintf(full, sizeof full, "%.*s%s", folder, path, name) >= (int)sizeof full) {
        (void)myo_why_set(why, MYO_ERR_FORMAT, "'%.100s': name too long", name);
        return -1;
    }
    int file = open(full, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (file < 0) {
        (void)myo_why_set(why, MYO_ERR_OPEN, "%.100s: cannot be opened: %s", name, strerror(errno));
        return -1;
    }
    if (fstat(file, &about) != 0 || !S_ISREG(about.st_mode)) {
        (void)myo_why_set(why, MYO_ERR_OPEN, "%.100s: is not a regular file", name);
        (void)close(file);
        return -1;
    }
    return file;
}

int myo_beside_open(const char *path, const char *name, myo_why *why)
{
    if (name[0] == '\0' || strchr(name, '/') != NULL || strchr(name, '\\') != NULL) {
        (void)myo_why_set(why, MYO_ERR_FORMAT, "'%.100s' is no file beside this one", name);
        return -1;
    }
    return file_open(path, name, why);
}

int myo_below_open(const char *path, const char *place, myo_why *why)
{
    bool is_outside = place[0] == '\0' || place[0] == '/' || strchr(place, '\\') != NULL;
    for (const char *part = place, *slash; part != NULL; part = slash == NULL ? NULL : slash + 1) {
        slash = strchr(part, '/');
        is_outside = is_outside || (strncmp(part, "..", 2) == 0 && strcspn(part, "/") == 2);
    }
    if (is_outside) {
        (void)myo_why_set(why, MYO_ERR_FORMAT, "'%.100s' is no file below this one", place);
        return -1;
    }
    return file_open(path, place, why);
}

char *myo_text_load(int file, size_t max_bytes, myo_status *status, myo_why *why)
{
    struct stat about;
    if (fstat(file, &about) != 0 || (size_t)about.st_size > max_bytes) {
        *status = myo_why_set(why, MYO_ERR_UNSUPPORTED, "longer than %zu bytes", max_bytes);
        return NULL;
    }
    char *text = calloc(1, (size_t)about.st_size + 1);
    if (text == NULL) {
        *status = myo_why_set(why, MYO_ERR_NO_MEMORY, "out of memory");
        return NULL;
    }
    if (pread(file, text, (size_t)about.st_size, 0) < 0) {
        *status = myo_why_set(why, MYO_ERR_READ, "byte 0: %s", strerror(errno));
        free(text);
        return NULL;
    }
    return text;
}

char *myo_text_line(char **at)
{
    char *line = *at;
    if (*line == '\0') {
        return NULL;
    }
    char *end = line + strcspn(line, "\r\n");
    *at = end[0] == '\r' && end[1] == '\n' ? end + 2 : *end != '\0' ? end + 1 : end;
    *end = '\0';
    return line;
}
