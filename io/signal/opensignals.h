/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is known of the EMG sensors of PLUX, whichever kind of file they come in. */
#ifndef MYO_IO_OPENSIGNALS_H
#define MYO_IO_OPENSIGNALS_H

/** Microvolts of half the range of an EMG sensor at a device of this name; 0 = not known. */
double opensignals_full_scale_uv(const char *device);

#endif
