/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The output folder of a batch: whose it is, who works on it, and its tables. */
#ifndef MYO_CLI_BATCH_STUDY_H
#define MYO_CLI_BATCH_STUDY_H

#include "analysis.h"
#include "batch_pool.h"

enum { BATCH_KEY_SIZE = 128 };

/** Text of everything but the recording that decides what an entry holds: detector, and a hash of
 *  @p settings that reads the configuration file. Reports; @returns whether it was made. */
bool batch_key_make(const analysis_settings *settings, char key[BATCH_KEY_SIZE]);

/** Makes the folder @p out, or makes sure that it is a batch's with @p key; with @p force it becomes
 *  one. Reports; @returns whether it may be used. */
bool batch_folder_claim(const char *out, const char *key, bool force);

/** Keeps other runs away from @p part until the program ends. Reports; @returns whether none was
 *  there. */
bool batch_part_lock(const char *out, const char *part);

/** Writes tables and page of all of @p list and prints the totals. @returns an exit status. */
int batch_study_finish(const batch_list *list, const char *out, const char *key);

#endif
