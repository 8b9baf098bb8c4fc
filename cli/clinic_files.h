/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads the text files of the clinical commands: overlays of the model, sessions, events. */
#ifndef MYO_CLI_CLINIC_FILES_H
#define MYO_CLI_CLINIC_FILES_H

#include "myotwitch/session.h"

/** Whole file into @p data (free it), NUL-terminated; "-" is standard input. Complains on standard
 *  error in the name of @p command. Returns an exit status. */
int clinic_read_file(const char *command, const char *path, char **data, size_t *size);

/** Writes a file that must not exist yet unless @p replace, in one step under its final name. */
int clinic_write_file(const char *command, const char *path, const myo_string *text, bool replace);

/** Waits until nobody else changes the file @p path, which is then this process's to read, change and write until the
 *  descriptor is closed. -1 where there is no such file; where a file system has no locks nobody waits. */
int clinic_lock(const char *path);

/** Loads the model, with the *.yaml files of the directory @p overlay (may be NULL) laid over it.
 *  Complaints go to standard error: the first, or with @p all every one. Returns an exit status. */
int clinic_load(const char *command, const char *overlay, bool all, myo_clinic **clinic);

/** Reads the session in the file @p path. Returns an exit status. */
int clinic_read_session(const char *command, const myo_clinic *clinic, const char *path, bool all,
                        myo_session **session);

/** Sorts sessions by date; complains of one without. Returns an exit status. */
int clinic_sort_sessions(const char *command, const myo_session **sessions, size_t count);

/** Prints complaints on standard error. */
void clinic_complain(const char *command, const myo_issues *issues, bool all);

/** A list like "arm_lat,thumb" cut at its commas, in place. Returns how many, at most @p room. */
size_t clinic_split(char *list, const char **items, size_t room);

#endif
