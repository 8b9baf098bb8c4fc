/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One row for each subject of a batch, from the tables of its recordings. */
#ifndef MYO_CLI_BATCH_SUBJECTS_H
#define MYO_CLI_BATCH_SUBJECTS_H

#include <stdbool.h>

/** Writes subjects.tsv into @p out from recordings.tsv and failures.tsv there, in the order of the
 *  names. A recording belongs to the sub-LABEL of its path, else to the subject that it names itself,
 *  else to the first folder of its path. The same tables give the same bytes. Reports on standard
 *  error; @returns whether all was written. */
bool batch_subjects_write(const char *out);

#endif
