/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Analyses recordings in processes of their own, so that none can take the others down. */
#ifndef MYO_CLI_BATCH_POOL_H
#define MYO_CLI_BATCH_POOL_H

#include "analysis.h"
#include "batch_list.h"

typedef struct {
    const char *out, *key;             /**< output folder; what the entries are stamped with */
    const analysis_settings *analysis; /**< how; its outputs are not looked at but for format */
    size_t jobs;                       /**< processors to keep busy; 0 = all that may be used */
    double time_limit_s;               /**< for one recording; 0 = none */
    size_t shard, shards;              /**< only every shards-th recording, from shard on (0...) */
} batch_plan;

typedef struct {
    size_t ready;         /**< were done before */
    size_t done, damaged; /**< now; damaged: analysed as far as they go */
    size_t failed;
} batch_counts;

/** Brings every recording of the shard to an entry. Failures are told on standard error as they
 *  come. @returns an exit status: EXIT_DONE although recordings may have failed, or EXIT_FAILED
 *  when it was interrupted or an entry could not be written. Single-threaded callers only. */
int batch_pool_run(const batch_list *list, const batch_plan *plan, batch_counts *counts);

#endif
