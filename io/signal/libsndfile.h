/* SPDX-License-Identifier: GPL-3.0-or-later */
/* libsndfile, loaded when the first audio file is read or written: it brings seven codecs' libraries, which
 * nothing here uses, and most processes of this program never touch an audio file. */
#ifndef MYO_IO_LIBSNDFILE_H
#define MYO_IO_LIBSNDFILE_H

#include "why.h"

#include <sndfile.h>

/* clang-format off */
#define MYO_SNDFILE(X) \
    X(sf_close) X(sf_command) X(sf_error_number) X(sf_format_check) X(sf_get_string) X(sf_open) \
    X(sf_open_virtual) X(sf_readf_float) X(sf_set_string) X(sf_strerror) X(sf_write_float) \
    X(sf_write_int)
/* clang-format on */

/** Its functions under their own names. */
typedef struct {
#define MYO_SNDFILE_MEMBER(name) __typeof__(&(name)) name;
    MYO_SNDFILE(MYO_SNDFILE_MEMBER)
#undef MYO_SNDFILE_MEMBER
} myo_sndfile;

/** Filled by myo_sndfile_load, each time with the same. */
extern myo_sndfile myo_sf;
/** To be called before anything is confined. MYO_ERR_UNSUPPORTED: it is not installed. One thread. */
myo_status myo_sndfile_load(myo_why *why);

#endif
