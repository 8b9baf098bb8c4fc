/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads and writes the text files of the clinical commands. */
#include "clinic_files.h"
#include "command.h"
#include "talk.h"

#include "export/outfile.h"
#include "signal/source.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* A session of a day is some hundred kilobytes; more than this is the wrong file. */
#define FILE_BYTES_MAX    (64u << 20)
#define OVERLAY_FILES_MAX 256

static int complain(int status, const char *command, const char *path, const char *why)
{
    talk_file(command, path, why);
    return status;
}

static int read_stream(const char *command, const char *path, FILE *in, char **data, size_t *size)
{
    size_t room = 65536, used = 0;
    char *text = malloc(room);
    while (text != NULL) {
        used += fread(text + used, 1, room - 1 - used, in);
        if (used < room - 1 || room > FILE_BYTES_MAX) {
            break;
        }
        char *more = realloc(text, room *= 2);
        if (more == NULL) {
            free(text);
        }
        text = more;
    }
    if (text == NULL) {
        return complain(EXIT_FAILED, command, path, "out of memory");
    }
    if (ferror(in) || room > FILE_BYTES_MAX) {
        free(text);
        return complain(EXIT_BAD_INPUT, command, path, ferror(in) ? strerror(errno) : "too large");
    }
    text[used] = '\0';
    *data = text;
    *size = used;
    return EXIT_DONE;
}

int clinic_read_file(const char *command, const char *path, char **data, size_t *size)
{
    if (strcmp(path, "-") == 0) {
        return read_stream(command, "standard input", stdin, data, size);
    }
    FILE *in = fopen(path, "rb");
    if (in == NULL) {
        return complain(EXIT_BAD_INPUT, command, path, strerror(errno));
    }
    int status = read_stream(command, path, in, data, size);
    fclose(in);
    return status;
}

int clinic_write_file(const char *command, const char *path, const myo_string *text, bool replace)
{
    /* A link to a file keeps its place: what it points to is replaced. */
    char *real = replace ? realpath(path, NULL) : NULL;
    myo_outfile *file = NULL;
    myo_why why = {""};
    myo_status status = text->failed
                            ? myo_why_set(&why, MYO_ERR_NO_MEMORY, "out of memory")
                            : myo_outfile_open(real != NULL ? real : path, replace, &file, &why);
    if (status == MYO_OK) {
        (void)fwrite(text->data, 1, text->length, myo_outfile_stream(file)); /* the commit looks */
        status = myo_outfile_commit(file, &why);
    }
    free(real);
    if (status != MYO_OK) {
        fprintf(stderr, "myotwitch %s: ", command);
        talk_clean(why.text, stderr);
        fputc('\n', stderr);
    }
    return status == MYO_OK ? EXIT_DONE : EXIT_FAILED;
}

int clinic_lock(const char *path)
{
    struct stat held, now;
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    while (file >= 0 && flock(file, LOCK_EX) == 0 && fstat(file, &held) == 0 &&
           stat(path, &now) == 0 && (held.st_dev != now.st_dev || held.st_ino != now.st_ino)) {
        (void)close(file); /* somebody has put another in its place meanwhile */
        file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    }
    return file;
}

void clinic_complain(const char *command, const myo_issues *issues, bool all)
{
    size_t kept = issues->count < MYO_ISSUES_MAX ? issues->count : MYO_ISSUES_MAX;
    for (size_t i = 0; i < kept && (all || i == 0); i++) {
        fprintf(stderr, "myotwitch %s: %s\n", command, issues->text[i]);
    }
    size_t shown = all ? kept : 1;
    if (issues->count > shown) {
        fprintf(stderr, "myotwitch %s: %zu more%s\n", command, issues->count - shown,
                all ? "" : " (--all lists them)");
    }
}

static int is_yaml(const struct dirent *entry)
{
    size_t length = strlen(entry->d_name);
    return length > 5 && entry->d_name[0] != '.' &&
           strcmp(entry->d_name + length - 5, ".yaml") == 0;
}

static int read_overlay(const char *command, const char *overlay, const char *name,
                        myo_source_text *text)
{
    size_t length = strlen(overlay) + strlen(name) + 2;
    char *path = malloc(length);
    if (path == NULL) {
        return complain(EXIT_FAILED, command, name, "out of memory");
    }
    snprintf(path, length, "%s/%s", overlay, name);
    char *data = NULL;
    int status = clinic_read_file(command, path, &data, &text->size);
    text->name = path;
    text->data = data;
    return status;
}

int clinic_load(const char *command, const char *overlay, bool all, myo_clinic **clinic)
{
    myo_source_text texts[OVERLAY_FILES_MAX] = {{0}};
    struct dirent **names = NULL;
    int count = 0, status = EXIT_DONE;
    if (overlay != NULL) {
        count = scandir(overlay, &names, is_yaml, alphasort);
        if (count <= 0 || count > OVERLAY_FILES_MAX) {
            status = complain(EXIT_BAD_INPUT, command, overlay,
                              count < 0    ? strerror(errno)
                              : count == 0 ? "holds no .yaml file"
                                           : "holds too many files");
        }
    }
    for (int i = 0; i < count; i++) {
        if (status == EXIT_DONE) {
            status = read_overlay(command, overlay, names[i]->d_name, &texts[i]);
        }
        free(names[i]);
    }
    free(names);
    if (status == EXIT_DONE) {
        static myo_issues issues;
        myo_status loaded = myo_clinic_new(texts, (size_t)count, clinic, &issues);
        if (loaded == MYO_ERR_FORMAT) {
            clinic_complain(command, &issues, all);
            status = EXIT_BAD_INPUT;
        } else if (loaded != MYO_OK) {
            status = complain(EXIT_FAILED, command, "model", myo_status_text(loaded));
        }
    }
    for (int i = 0; i < count && i < OVERLAY_FILES_MAX; i++) {
        free((void *)(uintptr_t)texts[i].name);
        free((void *)(uintptr_t)texts[i].data);
    }
    return status;
}

int clinic_read_session(const char *command, const myo_clinic *clinic, const char *path, bool all,
                        myo_session **session)
{
    static myo_issues issues;
    char *data = NULL;
    myo_source_text text = {path, NULL, 0};
    int status = clinic_read_file(command, path, &data, &text.size);
    if (status != EXIT_DONE) {
        return status;
    }
    text.data = data;
    myo_status read = myo_session_read(clinic, &text, session, &issues);
    free(data);
    if (read == MYO_ERR_FORMAT && myo_source_known(path)) {
        return complain(
            EXIT_BAD_INPUT, command, path,
            "is a recording, not the record of a session; 'session import' makes one of "
            "the events that 'analyze' finds in it, 'report --events EVENTS --recording "
            "FILE' shows it without");
    }
    if (read == MYO_ERR_FORMAT) {
        clinic_complain(command, &issues, all);
        return EXIT_BAD_INPUT;
    }
    return read == MYO_OK ? EXIT_DONE : complain(EXIT_FAILED, command, path, myo_status_text(read));
}

static int by_date(const void *a, const void *b)
{
    const myo_session *const *x = a, *const *y = b;
    double before = myo_days_of_date(myo_session_head(*x)->date);
    double after = myo_days_of_date(myo_session_head(*y)->date);
    return (before > after) - (before < after);
}

int clinic_sort_sessions(const char *command, const myo_session **sessions, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const myo_session_header *head = myo_session_head(sessions[i]);
        if (count > 1 && head->date == NULL) {
            return complain(EXIT_BAD_INPUT, command, head->record.id,
                            "a session of a course needs a date");
        }
    }
    qsort(sessions, count, sizeof sessions[0], by_date);
    return EXIT_DONE;
}

size_t clinic_split(char *list, const char **items, size_t room)
{
    size_t count = 0;
    for (char *at = list; at != NULL && count < room;) {
        char *comma = strchr(at, ',');
        if (comma != NULL) {
            *comma = '\0';
        }
        at += strspn(at, " ");
        if (*at != '\0') {
            items[count++] = at;
        }
        at = comma != NULL ? comma + 1 : NULL;
    }
    return count;
}
