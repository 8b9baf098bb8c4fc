/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Texts of the status codes. */
#include "myotwitch/status.h"

static const char *const texts[MYO_STATUS_COUNT] = {
    [MYO_OK] = "done",
    [MYO_ERR_NO_MEMORY] = "out of memory",
    [MYO_ERR_BAD_ARG] = "value out of range",
    [MYO_ERR_OPEN] = "cannot be opened",
    [MYO_ERR_READ] = "reading failed",
    [MYO_ERR_WRITE] = "writing failed",
    [MYO_ERR_EXISTS] = "exists already",
    [MYO_ERR_FORMAT] = "malformed",
    [MYO_ERR_UNSUPPORTED] = "not supported",
    [MYO_ERR_EMPTY] = "holds no data",
};

const char *myo_status_text(myo_status status)
{
    if ((unsigned)status >= MYO_STATUS_COUNT) {
        return "unknown status";
    }
    return texts[status];
}
