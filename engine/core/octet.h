/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Eight channels side by side: one value of each, as kernels want them. */
#ifndef MYO_CORE_OCTET_H
#define MYO_CORE_OCTET_H

enum { MYO_OCTET = 8 };

typedef double myo_lanes[MYO_OCTET];

#endif
