/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A page on a whole batch, for people. */
#ifndef MYO_CLI_BATCH_HTML_H
#define MYO_CLI_BATCH_HTML_H

#include "batch_tables.h"

/** Writes overview.html into @p out, from recordings.tsv and failures.tsv there. The page needs
 *  nothing but itself, is readable in light and dark, and sorts its tables where scripts may run.
 *  The same tables give the same bytes. Reports on standard error; @returns whether it was written. */
bool batch_html_write(const char *out, const batch_totals *totals);

#endif
