/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the program says beside its results: messages and the progress bar, on standard error. */
#ifndef MYO_CLI_TALK_H
#define MYO_CLI_TALK_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/** Writes "myotwitch COMMAND: PATH: TEXT". Control characters, which a file's name may hold, become
 *  '?' so that they cannot steer the terminal; so do bytes that are no UTF-8. */
void talk_file(const char *command, const char *path, const char *text);

/** Writes @p text with control characters, and what is no UTF-8, replaced. */
void talk_clean(const char *text, FILE *out);

/** A bar that shows itself after one second, on a terminal only. Zero-initialise. */
typedef struct {
    bool quiet;                 /**< never show */
    bool visible;               /**< private: something stands on the line */
    int64_t start_ms, shown_ms; /**< private */
} talk_progress;

/** Call often; draws at most ten times a second. @p total may be -1: not known. */
void talk_progress_show(talk_progress *progress, const char *what, int64_t done, int64_t total);

/** Takes the bar away, for example before other output. */
void talk_progress_hide(talk_progress *progress);

#endif
