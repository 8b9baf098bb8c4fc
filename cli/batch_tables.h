/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tables of a whole batch, joined from the entries of its recordings. */
#ifndef MYO_CLI_BATCH_TABLES_H
#define MYO_CLI_BATCH_TABLES_H

#include "batch_list.h"

/** What became of the recordings of a batch. */
typedef struct {
    size_t done, damaged, failed;
    size_t missing;            /**< have no entry yet */
    const char *first_missing; /**< name of one of them */
} batch_totals;

/** Looks at every entry. */
void batch_totals_take(batch_totals *totals, const batch_list *list, const char *out,
                       const char *key);

/** Writes events.tsv, recordings.tsv and failures.tsv into @p out, in the order of @p list, and
 *  subjects.tsv. The
 *  same entries give the same bytes. Reports on standard error; @returns whether all was written. */
bool batch_tables_write(const batch_list *list, const char *out, const char *key);

#endif
