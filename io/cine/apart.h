/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A cine that is read by a confined process of its own (signal/sandbox.h): a hostile file that breaks its
 * reader breaks only that. Private to io/cine.
 *
 * For kinds that are read through a large library, which may break on damaged files. A reader that crashes, asks for too much
 * memory, computes for longer than its file's size can explain, or says nothing for a minute is ended, and the
 * caller gets a status and the reason like for any damaged file. What it says is checked before it is believed.
 */
#ifndef MYO_IO_CINE_APART_H
#define MYO_IO_CINE_APART_H

#include "reader.h"

/** Opens @p path as @p kind in a child and fills @p reader as kind->open would; next and close are those of
 *  myo_cine_apart. */
myo_status myo_apart_open(const myo_cine_class *kind, myo_cine_reader *reader, myo_bytes *bytes,
                          const char *path, const myo_cine_options *options, myo_why *why);

/** Has no open of its own. */
extern const myo_cine_class myo_cine_apart;

#endif
