/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A grey picture as text that stands in a page: PNG (RFC 2083) in base64 (RFC 4648). */
#ifndef MYO_IO_PNG_H
#define MYO_IO_PNG_H

#include "myotwitch/string.h"

/** Adds "data:image/png;base64,..." of @p width * @p height bytes of grey, both at least 1. Where memory runs
 *  out text->failed is set. Any thread. */
void myo_png_add(myo_string *text, const uint8_t *grey, uint32_t width, uint32_t height);

#endif
