/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The parts of `myotwitch model`. */
#ifndef MYO_CLI_MODEL_H
#define MYO_CLI_MODEL_H

#include "myotwitch/clinic_query.h"

/** What the command line of `model` chose. */
typedef struct {
    const char *overlay, *pain, *setting_name;
    bool json, article_only, self, all;
    myo_setting setting;
    const myo_clinic *clinic;
} model_settings;

/** Each answers one question about @p id on standard output and returns an exit status. */
typedef int model_query(const model_settings *chosen, const char *id);
model_query model_lookup, model_satellites, model_options, model_tool, model_needle, model_why;

/** Complains about an unknown id; returns EXIT_USAGE. */
int model_unknown(const char *kind, const char *id);

/** "unreviewed" or the review of a muscle row. */
const char *model_review(const myo_muscle *muscle);

#endif
