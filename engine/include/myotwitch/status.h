/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a call that can fail returns. */
#ifndef MYOTWITCH_STATUS_H
#define MYOTWITCH_STATUS_H

#include "myotwitch/api.h"

MYO_BEGIN

typedef enum {
    MYO_OK = 0,
    MYO_ERR_NO_MEMORY,   /**< an allocation failed */
    MYO_ERR_BAD_ARG,     /**< a configuration value is outside its documented range */
    MYO_ERR_OPEN,        /**< a file cannot be opened or vanished */
    MYO_ERR_READ,        /**< reading failed half way */
    MYO_ERR_WRITE,       /**< writing failed: full disk, I/O error, no permission */
    MYO_ERR_EXISTS,      /**< the output exists and must not be overwritten */
    MYO_ERR_FORMAT,      /**< the bytes are not what the format promises */
    MYO_ERR_UNSUPPORTED, /**< well formed, but of a kind that is not read */
    MYO_ERR_EMPTY,       /**< nothing to analyse: no channel or no frame */
    MYO_STATUS_COUNT
} myo_status;

/** A short English phrase for @p status; never NULL. Any thread. */
MYO_API MYO_CONST const char *myo_status_text(myo_status status);

MYO_END
#endif
