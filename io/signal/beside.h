/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Recordings that are kept in several files: the text that describes them, and the files beside it
 * that this names. */
#ifndef MYO_IO_BESIDE_H
#define MYO_IO_BESIDE_H

#include "why.h"

/** Opens the regular file @p name in the directory of @p path for reading. A name with a directory
 *  in it is refused: a recording may not make us read elsewhere. Returns -1 with @p why set. */
int myo_beside_open(const char *path, const char *name, myo_why *why);

/** The same for a place below that directory, "a/b.dat"; ".." is refused. */
int myo_below_open(const char *path, const char *place, myo_why *why);

/** Reads a text of at most @p max_bytes; the caller frees it. NULL with @p status and @p why. */
char *myo_text_load(int file, size_t max_bytes, myo_status *status, myo_why *why);

/** Takes the next line at *at, ended in place by NUL; line ends are LF, CR LF or CR. NULL at the
 *  end. */
char *myo_text_line(char **at);

#endif
