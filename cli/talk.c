/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Messages and progress on standard error. */
#include "talk.h"

#include "signal/utf8.h"

#include <string.h>
#include <time.h>
#include <unistd.h>

enum { FIRST_AFTER_MS = 1000, REDRAW_MS = 100, BAR_WIDTH = 30 };

void talk_clean(const char *text, FILE *out)
{
    size_t letter = 0;
    for (const char *c = text; *c != '\0'; c += letter != 0 ? letter : 1) {
        letter = myo_utf8_length(c);
        if (letter == 0 || (unsigned char)*c < 0x20 || *c == 0x7F) {
            fputc('?', out);
        } else {
            (void)fwrite(c, 1, letter, out);
        }
    }
}

void talk_file(const char *command, const char *path, const char *text)
{
    const size_t length = strlen(path);
    fprintf(stderr, "myotwitch %s: ", command);
    /* What went wrong with an output names it already. */
    if (strncmp(text, path, length) != 0 || text[length] != ':') {
        talk_clean(path, stderr);
        fputs(": ", stderr);
    }
    talk_clean(text, stderr);
    fputc('\n', stderr);
}

static int64_t now_ms(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void talk_progress_show(talk_progress *progress, const char *what, int64_t done, int64_t total)
{
    int64_t now = now_ms();
    if (progress->start_ms == 0) {
        progress->start_ms = now;
        progress->quiet = progress->quiet || !isatty(STDERR_FILENO);
    }
    if (progress->quiet || total <= 0 || now - progress->start_ms < FIRST_AFTER_MS ||
        now - progress->shown_ms < REDRAW_MS) {
        return;
    }
    static const char full[] = "##############################";
    double share = done < total ? (double)done / (double)total : 1.0;
    int length = (int)(share * BAR_WIDTH);
    fprintf(stderr, "\r[%.*s%*s] %3.0f %% ", length, full, BAR_WIDTH - length, "", 100.0 * share);
    talk_clean(what, stderr);
    (void)fflush(stderr);
    progress->shown_ms = now;
    progress->visible = true;
}

void talk_progress_hide(talk_progress *progress)
{
    if (progress->visible) {
        fputs("\r\033[K", stderr);
        (void)fflush(stderr);
        progress->visible = false;
    }
}
