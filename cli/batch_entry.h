/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The folder that a batch keeps for each recording: recordings/NAME below its output folder.
 *
 * It is filled as .part/HASH and renamed when complete, so an entry that has its name is whole,
 * whenever the program was killed. Its file "stamp" says what it was made from and what came out.
 */
#ifndef MYO_CLI_BATCH_ENTRY_H
#define MYO_CLI_BATCH_ENTRY_H

#include "batch_list.h"

typedef enum {
    BATCH_MISSING, /**< nothing there, or made from something else */
    BATCH_DONE,
    BATCH_DAMAGED, /**< analysed as far as the recording goes */
    BATCH_FAILED,  /**< this recording cannot be analysed */
    BATCH_BROKE    /**< crashed, hung or ran out of something: the next run tries again */
} batch_state;

/** Names in the tables: "done", "damaged", "failed" (for both that failed). */
const char *batch_state_name(batch_state state);

enum { BATCH_REASON_SIZE = 512 };

/** State of the entry of @p recording for the settings @p key; @p reason gets the words that
 *  belong to it. */
batch_state batch_entry_state(const char *out, const batch_recording *recording, const char *key,
                              char reason[BATCH_REASON_SIZE]);

/** Makes an empty folder to fill. @returns its path, to be freed, or NULL with errno set. */
char *batch_entry_begin(const char *out, const batch_recording *recording);

/** Stamps the folder, waits until the disk has all of it, and gives it its name, in place of what was
 *  there. Control characters in @p reason become '?'. @returns whether it worked; errno tells why not. */
bool batch_entry_end(const char *out, const batch_recording *recording, const char *key,
                     const char *part, batch_state state, const char *reason);

/** Path of @p file in the entry, to be freed; NULL without memory. */
char *batch_entry_path(const char *out, const batch_recording *recording, const char *file);

/** Makes every folder above the last '/' of @p path, which is as it was afterwards. @returns whether
 *  all are there; errno tells why not. */
bool batch_folders_make(char *path);

/** Removes the files of a folder and, unless @p keep, the folder. What is not there is fine. */
void batch_folder_clear(const char *path, bool keep);

#endif
