/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A batch as a job array of the Slurm workload manager. */
#ifndef MYO_CLI_BATCH_SLURM_H
#define MYO_CLI_BATCH_SLURM_H

#include "options.h"

typedef struct {
    const char *out; /**< output folder of the batch, which exists */
    int trees;
    char **tree; /**< as given; must exist */
    int tasks;   /**< shards */
    int jobs;    /**< processes of each */
    const option_row *rows;
    const void *settings;    /**< what was chosen of rows is passed on to the tasks */
    const char *const *left; /**< names of options that are not; NULL at the end */
} batch_slurm;

/** Writes slurm/shard.sh, slurm/merge.sh and slurm/submit.sh into the output folder; replaces
 *  them. Paths in them are absolute. Reports on standard error; @returns whether it worked. */
bool batch_slurm_write(const batch_slurm *job);

/** Runs slurm/submit.sh. @returns an exit status. */
int batch_slurm_submit(const batch_slurm *job);

/** Writes the chosen options, but those of @p left, as " --name 'value'" for a shell; values in
 *  full, so that the text tells settings apart. */
void batch_options_write(const option_row *rows, const void *settings, const char *const *left,
                         FILE *out);

#endif
