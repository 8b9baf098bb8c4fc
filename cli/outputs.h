/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The sinks that one recording's events go to, handled as one. */
#ifndef MYO_CLI_OUTPUTS_H
#define MYO_CLI_OUTPUTS_H

#include "analysis.h"

#include "export/sink.h"

enum { OUTPUTS_MAX = 8 };

/** Zero-initialise. */
typedef struct {
    myo_sink *sinks[OUTPUTS_MAX];
    size_t count;
} outputs;

/** Opens every output that @p settings ask for. On failure none is left open. None may be the file @p input,
 *  which is read (NULL: none is). */
myo_status outputs_open(outputs *all, const analysis_settings *settings, const char *input,
                        const myo_session_head *head, myo_why *why);

myo_status outputs_samples(outputs *all, const float *samples, size_t frames, myo_why *why);
myo_status outputs_event(outputs *all, const myo_event *event, myo_why *why);
myo_status outputs_mark(outputs *all, const myo_mark *mark, myo_why *why);
myo_status outputs_rest(outputs *all, const myo_rest_event *rest, myo_why *why);
myo_status outputs_finish(outputs *all, const myo_session_tail *tail, myo_why *why);

/** Frees; what was not finished leaves nothing behind. */
void outputs_free(outputs *all);

/** The first of the @p count names of outputs (NULL: not asked for) that stands for the same file as one
 *  before it, however it is spelt; NULL if there is none. */
const char *outputs_shared(const char *const *names, size_t count);

/** The first word of a --format list that is no format, NULL if there is none; NULL is fine. */
const char *outputs_unknown_format(const char *list);

/** Name of the recording at @p path without directory and extension, cut to @p size. */
void outputs_stem(const char *path, char *stem, size_t size);

#endif
