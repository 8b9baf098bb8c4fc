/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The line of JSON above an OpenSignals text file (PLUX): devices with rate, columns, sensors and
 * resolutions. */
#ifndef MYO_IO_TEXT_OPENSIGNALS_H
#define MYO_IO_TEXT_OPENSIGNALS_H

#include "text_layout.h"

/** Takes what @p line says into @p layout, if it is that line. */
void text_opensignals_take(text_layout *layout, const char *line);

#endif
