/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An output file that appears under its final name only when it is complete.
 *
 * It is written under a temporary name in the same directory and renamed by myo_outfile_commit,
 * after its bytes have reached the disk. A file that exists is refused, unless it may be replaced,
 * both at the start and at the end. A device or a pipe is written to as it stands.
 */
#ifndef MYO_IO_OUTFILE_H
#define MYO_IO_OUTFILE_H

#include "signal/why.h"

#include <stdbool.h>
#include <stdio.h>

typedef struct myo_outfile myo_outfile;

/** Creates the temporary file, readable by its owner only until the commit. "-" as @p path means
 *  standard output. MYO_ERR_EXISTS, MYO_ERR_WRITE, MYO_ERR_NO_MEMORY. */
myo_status myo_outfile_open(const char *path, bool replace, myo_outfile **result, myo_why *why);

/** MYO_ERR_EXISTS if @p path is the very file @p input, under whatever name: a result never takes the place of what
 *  it is made from, also where files may be replaced. NULL and "-" as either are fine. */
myo_status myo_outfile_spare(const char *path, const char *input, myo_why *why);

/** The stream to write to. */
FILE *myo_outfile_stream(myo_outfile *file);

/** The temporary name, for libraries that open files themselves; NULL for standard output, devices and
 *  pipes. */
const char *myo_outfile_temporary(const myo_outfile *file);

/** With @p later its commit does not wait for the disk: the caller does, for all files of the folder at
 *  once, with myo_outfile_sync_folder, before it lets anybody see them. */
void myo_outfile_sync_later(myo_outfile *file, bool later);

/** Its commit waits for the bytes but not for the name: one that follows in the same folder does so for
 *  both. */
void myo_outfile_name_later(myo_outfile *file);

/** Waits until the disk has the files of a folder and their names. @returns whether it has; errno tells
 *  why not. */
bool myo_outfile_sync_folder(const char *path);

/** Flushes, syncs, renames and frees. MYO_ERR_WRITE if anything was not written (nothing is left
 *  behind then), MYO_ERR_EXISTS if the name was taken meanwhile. */
myo_status myo_outfile_commit(myo_outfile *file, myo_why *why);

/** Removes the temporary file and frees. NULL is fine. */
void myo_outfile_discard(myo_outfile *file);

/** Removes every temporary file of this process. For the handler of a signal that ends it: async-signal-safe. No
 *  file that is open can be committed afterwards. */
void myo_outfile_abandon(void);

#endif
